import type { Readable } from "node:stream";
import type { TerminalStream } from "./terminal/output.ts";

/** What the program is run with; tests bring their own. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Ctrl-C and SIGTERM, as an InterruptedError for its reason. */
  readonly signal: AbortSignal;
}

/** Flags that every command takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly workspace?: string;
  readonly operator?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly color: boolean;
  /** `--until HH:MM`, of commands that may run long. */
  readonly until?: string;
  /** `--as NAME` of `approve`: who signs. */
  readonly as?: string;
}
