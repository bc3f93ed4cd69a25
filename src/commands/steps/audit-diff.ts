import { type ConsentChange, diffConsent } from "../../core/consent/diff.ts";
import type { Context } from "../../context.ts";
import type { ConsentTools } from "../../context/consent-tools.ts";
import { EXIT } from "../../errors.ts";
import { say, translate } from "../../say.ts";
import { countOf } from "./count-of.ts";
import { consentPath } from "./audit-input.ts";
import { isSaid } from "./audit-words.ts";

const kinds: Readonly<Record<ConsentChange["kind"], string>> = {
  "item-added": "item added",
  "item-removed": "item switched off",
  "item-stronger": "item made required",
  "item-weaker": "item made optional",
  "item-stage": "item asked at another time",
  "term-added": "term added",
  "term-removed": "term taken out",
  "term-flag": "term's consent changed",
  "term-title": "term's title changed",
  "term-text": "term's text changed",
  "term-order": "order of terms changed",
  "age-term": "age consent changed",
};

const reviewWords: Readonly<Record<ConsentChange["review"], () => string>> = { yes: () => say`yes`, no: () => say`no`, business: () => say`no; a business app` };

/** Of these, what was and what is are titles, addresses and tags; of all others a word (`required`, `off`). */
const ofNames: ReadonlySet<ConsentChange["kind"]> = new Set(["term-title", "term-text", "term-order"]);

/** `--diff OLD`: what changed since the other file, and for each change whether Kakao wants a new review. */
export function tellDiff(context: Context, tools: ConsentTools, flags: { readonly file?: string; readonly diff: string; readonly format?: string }): number {
  const { terminal } = context;
  const [before, after] = [tools.load(context.inputFile(flags.diff)), tools.load(consentPath(context, flags))];
  const changes = diffConsent(before.consent, after.consent).map(({ at, ...change }) => {
    // What is no longer there stands in the old file only; an item that was switched off may still be written in the new one.
    const side = change.kind === "term-removed" || (change.kind === "item-removed" && !isSaid(after.consent, at)) ? before : after;
    return { ...change, file: side.file, line: side.lineOf(at) };
  });
  const count = (review: ConsentChange["review"]): number => changes.filter((change) => change.review === review).length;
  const result = { command: context.command, from: before.file, to: after.file, changes, counts: { yes: count("yes"), no: count("no"), business: count("business") } };
  terminal.json(result);
  if (flags.format === "json") {
    terminal.text(JSON.stringify(result, null, 2));
    return EXIT.done;
  }
  if (changes.length === 0) terminal.line(say`Nothing that Kakao reviews has changed from ${before.file} to ${after.file}.`);
  else {
    terminal.table([{ header: "what" }, { header: "which" }, { header: "from" }, { header: "to" }, { header: "new review" }], changes.map(({ kind, item = "", from, to, review }) => [translate(kinds[kind]), item, ...[from, to].map((value) => (ofNames.has(kind) ? value : translate(value))), reviewWords[review]()]));
    terminal.line(say`${countOf(changes.length, "change")}, ${count("yes")} of them with a new review by Kakao (3 to 5 business days).`);
  }
  return EXIT.done;
}
