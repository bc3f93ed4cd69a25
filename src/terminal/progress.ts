import type { Ora } from "ora";
import { say } from "../say.ts";
import { readWidth, type TerminalStream } from "./output.ts";
import { formatNumber } from "./tables.ts";
import { cutText, measureWidth } from "./text-width.ts";

/** One thing under way. `update` is cheap enough for every row. */
export interface Progress {
  readonly update: (done: number) => void;
  /** Ends it with a last line; without `text` that says how many in what time. Once ended, further calls do nothing. */
  readonly finish: (text?: string) => void;
  /** Ends it without a line, for a failure: a spinner left turning would keep the process alive. */
  readonly stop: () => void;
}

export interface ProgressFacts {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly elapsedMs: number;
}

/** Four times a second: often enough to show that it goes on, seldom enough for eyes, slow lines and recordings of the session. */
const redrawMs = 250;
const frames = ["⠋", "⠹", "⠼", "⠦", "⠇"];
const plainLineMs = 10_000;

export const silentProgress: Progress = { update: () => undefined, finish: () => undefined, stop: () => undefined };

/** `Linking  12,300 of 1,000,000 (1 %)  4,100/s  4 min left`: rate over the whole time, time left once a second has passed. */
export function renderProgress({ label, done, total, elapsedMs }: ProgressFacts): string {
  const parts = [label, total === undefined ? formatNumber(done) : say`${formatNumber(done)} of ${formatNumber(total)} (${percent(done, total)} %)`];
  const rate = (done * 1000) / elapsedMs;
  if (elapsedMs >= 1000 && done > 0) {
    parts.push(`${formatNumber(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s`);
    if (total !== undefined && done < total) parts.push(say`${renderDuration(((total - done) / rate) * 1000)} left`);
  }
  return parts.join("  ");
}

/** On one line of the terminal: without the rate, then cut, where it is too narrow. A line that breaks could not be renewed in one step. */
function renderOneLine(facts: ProgressFacts, width: number): string {
  const whole = renderProgress(facts);
  const short = whole.replace(/ {2}[\d,.]+\/s(?= {2}|$)/, "");
  return measureWidth(whole) <= width ? whole : cutText(short, width);
}

/** Down, so that 100 % is said only when everything is done. */
function percent(done: number, total: number): number {
  return total === 0 ? 100 : Math.floor((done * 100) / total);
}

/** `40 s`, `4 min`, `2 h 5 min`. */
export function renderDuration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return say`${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say`${minutes} min`;
  return say`${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A line now and then, for a log: at most one every ten seconds, and one at the end. */
export function startPlainProgress(write: (line: string) => void, now: () => number, label: string, total: number | undefined): Progress {
  const clock = startClock(now, label, total, plainLineMs);
  return {
    update: (done) => {
      if (clock.advance(done)) write(renderProgress(clock.facts()));
    },
    finish: (text) => {
      if (clock.stop()) write(text ?? renderFinish(clock.facts()));
    },
    stop: () => void clock.stop(),
  };
}

/** One line that renews itself, with a spinner. It starts a moment later, when ora is there. */
export function startSpinner(stream: TerminalStream, write: (line: string) => void, now: () => number, label: string, total: number | undefined): Progress {
  const clock = startClock(now, label, total, redrawMs);
  // The frame and its blank stand before the text, and the last column stays free: some terminals break a line that fills it.
  const render = (): string => renderOneLine(clock.facts(), readWidth(stream) - 3);
  let spinner: Ora | undefined;
  void import("ora").then(({ default: ora }) => {
    if (clock.isStopped()) return;
    spinner = ora({ stream, text: render(), spinner: { frames, interval: redrawMs }, isEnabled: true, color: false, discardStdin: false, hideCursor: false }).start();
  });
  return {
    update: (done) => {
      if (clock.advance(done) && spinner !== undefined) spinner.text = render();
    },
    finish: (text) => {
      if (!clock.stop()) return;
      spinner?.stop();
      write(text ?? renderFinish(clock.facts()));
    },
    stop: () => {
      if (clock.stop()) spinner?.stop();
    },
  };
}

function renderFinish({ label, done, elapsedMs }: ProgressFacts): string {
  return `${label}  ${say`${formatNumber(done)} in ${renderDuration(elapsedMs)}`}`;
}

/** Keeps what is done, and says when enough time has passed to show it again. */
function startClock(now: () => number, label: string, total: number | undefined, everyMs: number) {
  const startedAt = now();
  let done = 0;
  let shownAt = startedAt;
  let stopped = false;
  return {
    facts: (): ProgressFacts => ({ label, done, total, elapsedMs: now() - startedAt }),
    advance(reached: number): boolean {
      done = reached;
      if (stopped || now() - shownAt < everyMs) return false;
      shownAt = now();
      return true;
    },
    /** True the first time. */
    stop(): boolean {
      const first = !stopped;
      stopped = true;
      return first;
    },
    isStopped: (): boolean => stopped,
  };
}
