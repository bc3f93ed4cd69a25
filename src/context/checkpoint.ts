import { existsSync } from "node:fs";
import { join } from "node:path";
import { InterruptedError } from "../errors.ts";
import type { Window } from "./window.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { say } from "../say.ts";

const pausePollMs = 500;

/**
 * Looks for Ctrl-C, the end of the window and the files `stop` and `pause` in the workspace; throws InterruptedError, or waits while paused. Work in a database is synchronous, and
 * Node hears of a signal only in a new turn of its event loop: so this takes one.
 */
export async function checkpoint(signal: AbortSignal, folder: string, terminal: Terminal, window: Window): Promise<void> {
  await new Promise((turn) => setImmediate(turn));
  throwIfOver(signal, folder, window);
  if (!existsSync(join(folder, "pause"))) return;
  terminal.note(say`Paused by the file ${join(folder, "pause")}; remove it to go on.`);
  while (existsSync(join(folder, "pause"))) {
    await new Promise((wake) => setTimeout(wake, pausePollMs));
    throwIfOver(signal, folder, window);
  }
}

function throwIfOver(signal: AbortSignal, folder: string, window: Window): void {
  signal.throwIfAborted();
  window.check();
  if (!existsSync(join(folder, "stop"))) return;
  throw new InterruptedError({ code: "stopped", message: say`Stopped by the file ${join(folder, "stop")}.`, hint: "Remove that file and run the same command again: it goes on where it stopped." });
}
