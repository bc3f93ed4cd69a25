import { describe, expect, it } from "vitest";
import { parseEnvFile } from "../../src/config/env.ts";
import { least, load, loadProblems } from "./write-config.ts";

describe("parseEnvFile", () => {
  it.each([
    ["A=1", "1"],
    ["  export A = one two  ", "one two"],
    ["A=", ""],
    ["A=a#b # comment", "a#b"],
    ["A=# comment", ""],
    ["A='a # \"b\" \\n'", `a # "b" \\n`],
    [`A="a # 'b' \\"c\\" \\\\ \\n" # comment`, `a # 'b' "c" \\ \n`],
    ["A=a=b", "a=b"],
    ["\uFEFFA=1\r\n", "1"],
    ["A=1\nA=2", "2"],
  ])("%j", (text, value) => {
    expect(parseEnvFile(text)).toEqual({ variables: new Map([["A", value]]), problems: [] });
  });

  it("skips comments and blank lines", () => {
    expect(parseEnvFile("# A=1\n\n   \n  # x\n")).toEqual({ variables: new Map(), problems: [] });
  });

  it.each(["A", "1A=x", "A='open", `A="open`, "A='x' y", "A-B=1"])("finds a problem in %j and does not repeat it", (line) => {
    expect(parseEnvFile(`B=1\n${line}\n`)).toEqual({
      variables: new Map([["B", "1"]]),
      problems: [{ path: [], at: ".env:2", what: "this is no variable", instead: `write NAME=value or NAME="value"` }],
    });
  });
});

describe("variables in a configuration", () => {
  const yaml = `${least.replace("where: all", `where: "site = '\${SITE}' and kind = '\${KIND}'"`)}`;

  it("come from the environment, and behind it from the .env file beside the configuration", () => {
    expect(load(yaml, { env: { SITE: "own" } }, { ".env": "SITE=dotenv\nKIND=x\n" }).members.where).toBe("site = 'own' and kind = 'x'");
  });

  it("are filled in once: a value is not searched for variables again", () => {
    expect(load(yaml, { env: { SITE: "${KIND}", KIND: "$&" } }).members.where).toBe("site = '${KIND}' and kind = '$&'");
  });

  it.each([[{}], [{ SITE: "", KIND: "x" }]])("are missed with their line where not set or empty: %j", (env) => {
    expect(loadProblems(yaml, { env })).toEqual(["2  members.where: the environment variable SITE is not set; set it, or add it to the .env file beside this file"]);
  });

  it("are told from other text", () => {
    expect(loadProblems(`${least}consent: "a\${b c}"\n`)).toEqual(["5  consent: ${ does not start a variable here; write ${NAME}, with letters, digits and _ only"]);
    expect(load(`${least}consent: "$a{b}$"\n`).consent).toMatch(/\$a\{b\}\$$/);
  });

  it("are not looked for in lines that the .env file spoils", () => {
    expect(loadProblems(least, {}, { ".env": "A=1\nhalf a line\n" })).toEqual([`.env:2  this is no variable; write NAME=value or NAME="value"`]);
  });
});
