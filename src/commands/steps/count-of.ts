/** `1 link`, `1,200 links`; `many` where the plural is not the word with an s. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}
