import type { Readable } from "node:stream";
import { askChoice, askText, type Choice, type TextWish } from "./ask.ts";
import { translate } from "../say.ts";
import { type Answer, askForNumber, askYesOrNo } from "./confirm.ts";
import { createLineWriter, isColored, readWidth, type TerminalStream, type Variables, wrapFor } from "./output.ts";
import { createPalette, type Palette } from "./palette.ts";
import { type Progress, silentProgress, startPlainProgress, startSpinner } from "./progress.ts";
import { type Cell, renderTable, type TableColumn } from "./tables.ts";

export interface TerminalIo {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Variables;
  /** Milliseconds, for rates and time left. */
  readonly now?: () => number;
}

export interface TerminalFlags {
  /** `--json`: one object on stdout and nothing else there. */
  readonly json: boolean;
  /** `--quiet`: no notes and no progress; results, warnings and errors stay. */
  readonly quiet: boolean;
  /** false with `--no-color`. */
  readonly color: boolean;
}

/** All that the program says and asks (product.md section 11), in the language that is spoken: constants are looked up here, other sentences where they are made (`say`). Results go to stdout, everything else to stderr; a terminal gets text broken to its width. */
export interface Terminal {
  readonly flags: TerminalFlags;
  /** Someone is there to be asked: stdin and stderr are terminals, and the output is not JSON. */
  readonly interactive: boolean;
  /** Results are read by a person: masked examples may be shown. */
  readonly showsExamples: boolean;
  /** stderr is read by a person; if not, it holds counts and codes only. */
  readonly explains: boolean;
  /** Columns of a terminal that results may take; 80 where stdout is none. */
  readonly width: number;
  /** Colours for results, as the settings allow. */
  readonly palette: Palette;
  /** A line of the result. Nothing with `--json`. */
  readonly line: (text?: string) => void;
  /** A result that another program reads, as it is: lines are never broken. Nothing with `--json`. */
  readonly text: (text: string) => void;
  /** A table of the result. Nothing with `--json`. */
  readonly table: (columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]) => void;
  /** The result with `--json`, else nothing. May be called once only; a second call throws. */
  readonly json: (result: object) => void;
  /** Something to know, on stderr; not with `--quiet`. */
  readonly note: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly error: (text: string) => void;
  /** One thing at a time: what is still under way is stopped. */
  readonly progress: (label: string, total?: number) => Progress;
  /** Default no. Never reads a pipe: without someone to ask the answer is `no-terminal`. */
  readonly confirm: (question: string) => Promise<Answer>;
  /** Asks to type a number, for what destroys. */
  readonly confirmNumber: (question: string, number: number) => Promise<Answer>;
  /** One of the choices; undefined without someone to ask. */
  readonly choose: <Value>(question: string, choices: readonly Choice<Value>[], preset?: Value) => Promise<Value | undefined>;
  /** A line of text; undefined without someone to ask. */
  readonly askText: (question: string, wish?: TextWish) => Promise<string | undefined>;
  /** Stops what is still under way; for the end of the program, also after a failure. */
  readonly close: () => void;
}

export function createTerminal(io: TerminalIo, flags: TerminalFlags): Terminal {
  const { stdin, stdout, stderr, env, now = Date.now } = io;
  const writeResult = createLineWriter(stdout);
  const writeAsideLine = createLineWriter(stderr);
  const writeAside = (text: string): void => writeAsideLine(wrapFor(stderr, text));
  const aside = createPalette(isColored(stderr, env, flags.color));
  const interactive = stdin.isTTY === true && stderr.isTTY === true && !flags.json;
  const width = readWidth(stdout);
  const questions = { input: stdin, output: stderr };
  let jsonWritten = false;
  let underWay = silentProgress;

  const line = (text = ""): void => {
    if (!flags.json) writeResult(wrapFor(stdout, translate(text)));
  };
  const note = (text: string): void => {
    if (!flags.quiet) writeAside(translate(text));
  };
  const ask = async <Given, Without>(question: () => Promise<Given>, without: Without): Promise<Given | Without> => {
    if (!interactive) return without;
    underWay.stop();
    return question();
  };
  return {
    flags,
    interactive,
    showsExamples: stdout.isTTY === true && !flags.json,
    explains: stderr.isTTY === true,
    width,
    palette: createPalette(isColored(stdout, env, flags.color)),
    line,
    text: (text) => {
      if (!flags.json) writeResult(text.replace(/\n$/, ""));
    },
    table: (columns, rows) => {
      if (!flags.json) writeResult(renderTable(columns.map((column) => ({ ...column, header: translate(column.header) })), rows, width, stdout.isTTY === true));
    },
    json: (result) => {
      if (!flags.json) return;
      if (jsonWritten) throw new Error("the JSON result was written already");
      jsonWritten = true;
      writeResult(JSON.stringify(result, null, 2));
    },
    note,
    warn: (text) => writeAside(`${aside.warning(translate("Warning:"))} ${translate(text)}`),
    error: (text) => writeAside(`${aside.bad(translate("Error:"))} ${translate(text)}`),
    progress: (task, total) => {
      if (flags.quiet || flags.json) return silentProgress;
      underWay.stop();
      const label = translate(task);
      underWay = canSpin(stderr) ? startSpinner(stderr, note, now, label, total) : startPlainProgress(note, now, label, total);
      return underWay;
    },
    confirm: async (question) => ask(() => askYesOrNo(questions, translate(question)), "no-terminal"),
    confirmNumber: async (question, number) => ask(() => askForNumber(questions, translate(question), number), "no-terminal"),
    choose: async (question, choices, preset) => ask(() => askChoice(questions, translate(question), choices.map((choice) => ({ ...choice, name: translate(choice.name), ...(choice.description === undefined ? {} : { description: translate(choice.description) }) })), preset), undefined),
    askText: async (question, wish) => ask(() => askText(questions, translate(question), wish), undefined),
    close: () => underWay.stop(),
  };
}

/** A terminal that says it has no columns (`docker exec -t`, serial lines) would have ora clear lines without end. */
function canSpin({ isTTY, columns = 80 }: TerminalStream): boolean {
  return isTTY === true && columns > 0;
}
