import type { Context } from "../../context.ts";

/** Waits until `limits.rowsPerSecond` allows the next batch; 0 is as fast as it goes. */
export async function holdPace(context: Context, rows: number, startedMs: number): Promise<void> {
  const { rowsPerSecond } = context.config.limits;
  if (rowsPerSecond === 0) return;
  const due = startedMs + (rows / rowsPerSecond) * 1000;
  while (context.now() < due) {
    await context.checkpoint();
    await new Promise((wake) => setTimeout(wake, Math.min(200, due - context.now())));
  }
}
