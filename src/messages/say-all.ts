import { translate } from "../say.ts";

/** A table of sentences in the language that is spoken. Tables are written in English and are looked up when they are shown, not before: the language is known only then. */
export function sayAll<Key extends string>(sentences: Readonly<Record<Key, string>>): Readonly<Record<Key, string>> {
  return Object.fromEntries(Object.entries<string>(sentences).map(([key, sentence]) => [key, translate(sentence)])) as Record<Key, string>;
}
