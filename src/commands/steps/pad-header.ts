import { translate } from "../../say.ts";

/** A header, in the language that is spoken, that keeps its column so wide at least: tables below one another stand in line. */
export function padHeader(header: string, width: number): string {
  const said = translate(header);
  const wide = [...said].filter((sign) => sign > "\u2e7f").length;
  return said.padEnd(width - wide);
}
