import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { FilterProcess, type FilterCommand } from "../../src/columns/filter-process.ts";
import { encryptValue, readExampleFilter } from "../helpers/decrypt-filter.ts";

interface Started {
  readonly filter: FilterProcess;
  readonly folder: string;
  readonly stop: AbortController;
}

/** A real process of this program, in a folder of its own. */
function start(program: string, command: Partial<FilterCommand> = {}, files: Readonly<Record<string, string>> = {}): Started {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-filter-"));
  for (const [name, text] of Object.entries({ "decrypt.mjs": program, ...files })) writeFileSync(join(folder, name), text);
  const stop = new AbortController();
  const filter = new FilterProcess({ columns: ["members.phone"], argv: [process.execPath, "./decrypt.mjs"], folder, env: {}, signal: stop.signal, timeoutMs: 20_000, ...command });
  onTestFinished(async () => {
    await filter.close();
    rmSync(folder, { recursive: true });
  });
  return { filter, folder, stop };
}

/** A program that does this with each line's `id` and `value`. */
const eachLine = (body: string): string => `import { createInterface } from "node:readline";
const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");
for await (const line of createInterface({ input: process.stdin })) { const { id, column, value } = JSON.parse(line); ${body} }`;

const values = (count: number): { column: string; value: string }[] => Array.from({ length: count }, (_, at) => ({ column: "phone_enc", value: `value ${String(at)}` }));

test("the example of the documentation decrypts, and says what is damaged", async () => {
  const key = randomBytes(32);
  const { filter } = start(readExampleFilter(), {}, { "app.key": key.toString("base64") });
  const good = encryptValue(key, "010-1234-5678 김민아\n\"둘\"");
  const answers = await filter.ask([good, encryptValue(randomBytes(32), "x"), "????", good].map((value) => ({ column: "phone_enc", value })));
  expect(answers).toEqual([{ value: '010-1234-5678 김민아\n"둘"' }, { failure: "damaged" }, { failure: "damaged" }, { value: '010-1234-5678 김민아\n"둘"' }]);
});

test("a hundred thousand values, answered in any order, in batches side by side", async () => {
  const { filter } = start(eachLine("waiting.push({ id, value: `${column} ${value}` }); if (waiting.length === 100 || id % 1000 === 0) for (const answer of waiting.splice(0).reverse()) say(answer);").replace("for await", "const waiting = [];\nfor await"));
  const expected = values(50_000).map(({ column, value }) => ({ value: `${column} ${value}` }));
  const [first, second] = await Promise.all([filter.ask(values(50_000)), filter.ask(values(50_000))]);
  expect([first, second]).toEqual([expected, expected]);
});

test("no value, an empty value and every reason", async () => {
  const { filter } = start(eachLine('say(value === "null" ? { id, value: null } : value === "" ? { id, value: "" } : { id, error: value });'));
  const answers = await filter.ask(["null", "", "wrong-key", "damaged", "format", "010-1234-5678"].map((value) => ({ column: "c", value })));
  expect(answers).toEqual([{ value: null }, { value: "" }, { failure: "wrong-key" }, { failure: "damaged" }, { failure: "format" }, { failure: "other" }]);
});

test("starts in its folder with the environment it is given, and without a shell", async () => {
  const { filter, folder } = start(eachLine("say({ id, value: JSON.stringify([process.cwd(), process.argv.slice(2), process.env.APP]) });"), { argv: [process.execPath, "./decrypt.mjs", "$HOME; *", "a b"], env: { APP: "x" } });
  expect(await filter.ask(values(1))).toEqual([{ value: expect.stringContaining(`${folder.slice(-6)}",["$HOME; *","a b"],"x"]`) as unknown }]);
});

test.each([
  ["ends at once", "process.exit(3);", "decrypt-stopped", /ended with exit code 3 before/],
  ["ends with its work half done", eachLine("if (id > 5) process.exit(7); say({ id, value });"), "decrypt-stopped", /ended with exit code 7/],
  ["is killed", eachLine("process.kill(process.pid, 'SIGKILL');"), "decrypt-stopped", /ended by SIGKILL/],
  ["ends well without answers", eachLine(""), "decrypt-silent", /gave no answer for 1 s/],
  ["never reads", "setInterval(() => undefined, 1000);", "decrypt-silent", /gave no answer/],
  ["writes no JSON", eachLine("console.log('decrypting 010-1234-5678');"), "decrypt-garbage", /wrote a line that is no answer/],
  ["answers what was not asked", eachLine("say({ id: id + 1000, value });"), "decrypt-garbage", /no answer/],
  ["answers twice", eachLine("say({ id, value }); say({ id, value });"), "decrypt-garbage", /twice/],
  ["answers both", eachLine("say({ id, value, error: 'damaged' });"), "decrypt-garbage", /no answer/],
  ["answers a number", eachLine("say({ id, value: 1012345678 });"), "decrypt-garbage", /no answer/],
  ["writes without end", "process.stdout.on('error', () => process.exit(1)); const more = () => { while (process.stdout.write('x'.repeat(65536))); process.stdout.once('drain', more); }; more();", "decrypt-garbage", /no answer/],
])("a program that %s fails everything that waits, with a next step and none of its words", async (_, program, code, message) => {
  const { filter } = start(program, { timeoutMs: 1_000 });
  // More than a pipe holds, so that writing waits, too.
  const asked = [filter.ask(values(20_000)), filter.ask(values(10))];
  for (const one of await Promise.allSettled(asked)) {
    expect(one.status).toBe("rejected");
    const { reason } = one as PromiseRejectedResult;
    expect(reason).toMatchObject({ code, exitCode: 4, message: expect.stringMatching(message) as unknown, hint: expect.stringMatching(/docs\/configuration\.md.*Nothing was written/) as unknown });
    expect(JSON.stringify(reason) + String(reason)).not.toContain("010-1234");
  }
  await expect(filter.ask(values(1))).rejects.toMatchObject({ code });
});

test("slow answers are no silence while they go on", async () => {
  const { filter } = start(eachLine("await new Promise((wake) => setTimeout(wake, 300)); say({ id, value });"), { timeoutMs: 1_000 });
  expect(await filter.ask(values(6))).toHaveLength(6);
});

test("a program that is not there cannot be started", async () => {
  const { filter } = start("", { argv: ["./no-such-program"] });
  await expect(filter.ask(values(3))).rejects.toMatchObject({ code: "decrypt-not-started", exitCode: 2, message: "The decrypt program of members.phone could not be started." });
});

test("what waits ends with the command, and the program with it", async () => {
  const { filter, stop } = start("setInterval(() => undefined, 1000);");
  const asked = filter.ask(values(20_000));
  const reason = new Error("stopped");
  setTimeout(() => stop.abort(reason), 50);
  await expect(asked).rejects.toBe(reason);
  await filter.close();
});

test("a program that ignores the end of its input is ended", { timeout: 20_000 }, async () => {
  const { filter } = start(eachLine("say({ id, value: String(process.pid) });") + "\nprocess.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);");
  const [answer] = await filter.ask(values(1));
  const pid = Number(answer !== undefined && "value" in answer ? answer.value : 0);
  expect(() => process.kill(pid, 0)).not.toThrow();
  await filter.close();
  await delay(10);
  expect(() => process.kill(pid, 0)).toThrow();
});
