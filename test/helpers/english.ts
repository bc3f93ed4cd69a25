/**
 * Runs of three and more English words in what a command said, for tests of another language. Not counted: command lines, flags, paths, addresses, names of columns and
 * codes, SQL, and what stands in backticks or quotation marks.
 */
export function findEnglish(text: string): readonly string[] {
  const prose = text
    .replace(/\u001b\[[\d;]*[A-Za-z]/g, "")
    .split("\n")
    .filter((line) => !/^\s*(\$ |CREATE |ALTER |SELECT |UPDATE |GRANT |kakao-sync )/.test(line))
    .join("\n")
    .replace(/`[^`\n]*`|"[^"\n]*"|'[^'\n]*'/g, " , ")
    .replace(/kakao-sync [a-z][^\n,;]*/g, " , ")
    .replace(/\S*[/@=_.:]\S*|--?[a-z][\w-]*|<[^>\n]*>|\[[^\]\n]*\]/g, (found) => (/^[A-Za-z]+[.:]$/.test(found) ? found : " , "));
  return [...prose.matchAll(/(?<![\w-])[A-Za-z]{2,}(?: [A-Za-z]+){2,}/g)].map(([words]) => words).filter((words) => /[a-z]{2}/.test(words) && !/^(?:[A-Z][\w]* ?)+$/.test(words));
}
