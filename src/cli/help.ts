import type { Command, HelpConfiguration } from "commander";
import { measureWidth } from "../terminal/text-width.ts";
import { wrapText } from "../terminal/wrapping.ts";
import { translate } from "../say.ts";
import { examples } from "../messages/examples.ts";

/** Fewer columns than these have no room for a flag and what it does beside each other. */
const narrow = 70;
/** What commander itself writes into a help. */
const headings: readonly string[] = ["Usage:", "Arguments:", "Options:", "Global Options:", "Commands:"];
const places = ["[options]", "[command]"] as const;

/** How the help of every command looks at a terminal of so many columns; choices stand in the descriptions. */
export function layOutHelp(width: number): HelpConfiguration {
  return {
    showGlobalOptions: true,
    helpWidth: width,
    displayWidth: measureWidth,
    styleTitle: (title) => (headings.includes(title) ? translate(title) : title),
    styleUsage: translatePlaces,
    styleSubcommandTerm: translatePlaces,
    commandDescription: (command) => translate(command.description()),
    subcommandDescription: (command) => translate(command.summary() || command.description()),
    optionDescription: ({ description }) => translate(description),
    argumentDescription: ({ description }) => translate(description),
    ...(width < narrow ? { formatItem: (term: string, _width: number, description: string) => (description === "" ? `  ${term}` : `  ${term}\n${wrapText(`      ${description}`, width)}`) } : {}),
  };
}

/** The examples below the help of a command. */
export function addExamples(command: Command, path: string): void {
  const lines = examples[path] ?? [];
  if (lines.length > 0) command.addHelpText("after", () => `\n${translate("Examples:")}\n${lines.map((line) => `  $ kakao-sync ${translate(line)}`).join("\n")}`);
}

function translatePlaces(term: string): string {
  return places.reduce((text, place) => text.replace(place, translate(place)), term);
}
