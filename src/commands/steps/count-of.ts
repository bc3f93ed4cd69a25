import { fill, translate } from "../../say.ts";

/** `1 link`, `1,200 links`; `many` where the plural is not the word with an s. A catalogue has it under the plural: `{0} links`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  const pattern = translate(`{0} ${many}`);
  return fill(count === 1 && pattern === `{0} ${many}` ? `{0} ${one}` : pattern, () => count.toLocaleString("en-US"));
}
