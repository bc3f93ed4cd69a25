import type { Context } from "../../context.ts";

/**
 * Looks for Ctrl-C and the files `stop` and `pause`, between two batches of rows. Work in a database is synchronous, and Node hears of a signal only in a
 * new turn of its event loop: without one a Ctrl-C would be noticed when everything is done.
 */
export async function hearStop(context: Context): Promise<void> {
  await new Promise((turn) => setImmediate(turn));
  await context.checkpoint();
}
