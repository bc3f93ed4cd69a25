import type { Context } from "../../context.ts";
import type { KakaoClient } from "../../kakao/client.ts";
import { runTogether } from "./run-together.ts";

/** Questions under way at the same time: the pace is the client's, this only keeps slow answers from holding it up. */
const mostTogether = 8;

/** Asks Kakao about rows, a page at a time and several pages side by side; looks for Ctrl-C, `stop` and `pause` between them. */
export async function askInPages(context: Context, label: string, rows: readonly number[] | Uint32Array, size: number, ask: (kakao: KakaoClient, page: readonly number[]) => Promise<void>): Promise<void> {
  if (rows.length === 0) return;
  const progress = context.terminal.progress(label, rows.length);
  let next = 0;
  let done = 0;
  try {
    await runTogether(context.signal, (signal) => {
      const kakao = context.kakao(signal);
      const work = async (): Promise<void> => {
        while (next < rows.length) {
          signal.throwIfAborted();
          const page = [...rows.slice(next, next + size)];
          next += size;
          await ask(kakao, page);
          progress.update((done += page.length));
          await context.checkpoint();
        }
      };
      return Array.from({ length: Math.min(mostTogether, context.config.limits.requestsPerSecond) }, work);
    });
  } finally {
    progress.finish();
  }
}
