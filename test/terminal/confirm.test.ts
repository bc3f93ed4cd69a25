import { describe, expect, it } from "vitest";
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
