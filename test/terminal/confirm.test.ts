import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { speakAs } from "../../src/cli/language.ts";
import { InterruptedError } from "../../src/errors.ts";
import type { Answer } from "../../src/terminal/confirm.ts";
import type { Terminal } from "../../src/terminal/terminal.ts";
import { openTerminal } from "./open-terminal.ts";

const atTerminal = { stdinIsTerminal: true, stderrIsTerminal: true };

/** Asks at a terminal, types once the question is there, and gives back the answer. */
async function type(keys: string, ask: (terminal: Terminal) => Promise<Answer>): Promise<Answer> {
  const { terminal, stdin, stderr } = openTerminal(atTerminal);
  const answer = ask(terminal);
  while (!stderr().includes("Unlink")) await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 5))]);
  stdin.write(keys);
  return answer;
}

describe("confirm", () => {
  const ask = (terminal: Terminal): Promise<Answer> => terminal.confirm("Unlink 12 users?");

  it.each([["y\r", "yes"], ["\r", "no"], ["n\r", "no"]])("at a terminal %j is %s", async (keys, answer) => {
    expect(await type(keys, ask)).toBe(answer);
  });

  it("is interrupted by Ctrl-C, with exit 130", async () => {
    await expect(type("\u0003", ask)).rejects.toSatisfy((error) => error instanceof InterruptedError && error.exitCode === 130);
  });

  it("never reads a pipe", async () => {
    const { terminal, stdin, stderr } = openTerminal({ stderrIsTerminal: true });
    stdin.write("y\n");
    expect(await terminal.confirm("Unlink 12 users?")).toBe("no-terminal");
    expect(await terminal.confirmNumber("Unlink 12 users?", 12)).toBe("no-terminal");
    expect(stdin.readableLength).toBe(2);
    expect(stderr()).toBe("");
  });
});

describe("confirmNumber", () => {
  it.each([["1200\r", "yes"], ["1,200\r", "yes"], ["\r", "no"], ["y\r", "no"], ["120\r", "no"], ["12000\r", "no"]])("of 1,200 %j is %s", async (keys, answer) => {
    expect(await type(keys, (terminal) => terminal.confirmNumber("Unlink? Type 1,200", 1200))).toBe(answer);
  });
});

describe("inquirer's own words", () => {
  afterEach(() => speakAs("en"));

  /** What stands at the terminal once keys were typed, each when something is shown, and the answer. */
  async function see(typed: readonly (readonly [shown: string, keys: string])[], ask: (terminal: Terminal) => Promise<unknown>): Promise<{ readonly answer: unknown; readonly screen: string }> {
    const { terminal, stdin, stderr } = openTerminal(atTerminal);
    const answer = ask(terminal);
    for (const [shown, keys] of typed) {
      while (!stderr().includes(shown)) await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 5))]);
      stdin.write(keys);
    }
    return { answer: await answer, screen: stripVTControlCharacters(stderr()) };
  }

  const unlink = (terminal: Terminal): Promise<unknown> => terminal.confirm("Unlink 12 users?");
  const choose = (terminal: Terminal): Promise<unknown> => terminal.choose("Which?", [{ name: "one", value: 1 }, { name: "two", value: 2 }]);

  it.each([
    ["en", "(y/N)", "Yes", "No", "↑↓ navigate • ⏎ select"],
    ["ko", "(y 예 / N 아니요)", "예", "아니요", "↑↓ 이동 • ⏎ 선택"],
  ] as const)("%s", async (language, hint, yes, no, keys) => {
    await speakAs(language);
    for (const [typed, answer, said] of [["y", "yes", yes], ["Y", "yes", yes], ["yes", "yes", yes], [yes, "yes", yes], ["n", "no", no], ["", "no", no]] as const) {
      const seen = await see([["Unlink", `${typed}\r`]], unlink);
      expect({ typed, answer: seen.answer, screen: seen.screen }).toEqual({ typed, answer, screen: expect.stringContaining(`Unlink 12 users? ${hint}`) });
      expect(seen.screen).toMatch(new RegExp(`Unlink 12 users\\? ${said}\\s*$`));
    }
    const refused = await see([["Unlink", "what\r"], ["> ", "\u0015n\r"]], unlink);
    expect(refused.answer).toBe("no");
    expect(refused.screen).toContain(language === "en" ? 'You must answer with "Yes" or "No"' : '"예" 또는 "아니요"로 답하세요');
    expect((await see([["Which", "\r"]], choose)).screen).toContain(keys);
  });
});
