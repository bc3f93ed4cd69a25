import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const text = readFileSync("docs/what-if.md", "utf8");
const answers = text.split(/^(?=\*\*…)/m).slice(1);
const proofs = [...text.matchAll(/^<!-- (test\/\S+\.test\.ts): (.+) -->$/gm)].map(([, file = "", name = ""]) => ({ file, name }));

describe("what if", () => {
  it("has answers, nearly all of them held by a test", () => {
    expect(answers.length).toBeGreaterThan(25);
    // No test loses a workspace: what remains after that is another test's start.
    expect(answers.filter((answer) => !answer.includes("<!-- test/")).map((answer) => /\*\*(.*?)\*\*/.exec(answer)?.[1])).toEqual(["… the workspace is lost?"]);
  });

  it.each(proofs)("$file: $name", ({ file, name }) => expect(readFileSync(file, "utf8")).toContain(`"${name.replaceAll('"', '\\"')}`));

  it("names codes that there are", () => {
    const codes = readFileSync("docs/exit-codes.md", "utf8");
    for (const [, code = ""] of text.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)) if (!["map-members"].includes(code)) expect(codes).toContain(`\`${code}\``);
  });
});
