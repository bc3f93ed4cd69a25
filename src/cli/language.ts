import { type Language, LANGUAGES, speak } from "../say.ts";

/**
 * The language to speak: what `--lang` says, else the locale's. A locale of another encoding than UTF-8 is taken for English: a terminal that expects EUC-KR
 * would show nothing that can be read.
 */
export function chooseLanguage(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Language {
  const flags = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const asked = flags.flatMap((word, at) => (word === "--lang" ? [flags[at + 1]] : word.startsWith("--lang=") ? [word.slice("--lang=".length)] : [])).at(-1);
  const known = LANGUAGES.find((language) => language === asked);
  if (known !== undefined) return known;
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  const [, name, encoding = "utf8"] = /^([A-Za-z]+)(?:_\w+)?(?:\.([\w-]+))?/.exec(locale) ?? [];
  return name === "ko" && /^utf-?8$/i.test(encoding) ? "ko" : "en";
}

/** Speaks that language from here on. A catalogue is loaded only where it is needed. */
export async function speakAs(language: Language): Promise<void> {
  speak(language, language === "ko" ? (await import("../messages/ko/catalogue.ts")).korean : new Map());
}
