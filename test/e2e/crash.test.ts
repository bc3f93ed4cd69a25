import { watch } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { makePopulation } from "../../src/simulator/seed.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/server.ts";
import { configOf, crashApply, crashPull, fillMembers, readSnapshot, requireSame, writeUsers } from "../helpers/crash-rounds.ts";
import { Shop, type Started } from "../helpers/shop.ts";

// The long version: npm run crash. A failing round names its number; the seed makes it come again, timing aside. Half a minute where nothing else runs.
const timeout = 240_000;

test("pull killed at random moments ends with the snapshot and plan of an undisturbed one", { timeout }, async () => {
  const { kills } = await crashPull({ rounds: 8, seed: 20, size: 400 });
  expect(kills).toBeGreaterThan(4);
});

test("apply and undo killed at random moments end with the database of undisturbed ones, typed empty links included", { timeout }, async () => {
  const { kills } = await crashApply({ rounds: 8, seed: 21, size: 2_600 });
  expect(kills).toBeGreaterThan(4);
});

const size = 4_500;
const population = makePopulation({ count: size, seed: 5, now: Date.now() });

async function openShop(options: SimulatorOptions = {}): Promise<{ shop: Shop; simulator: Simulator }> {
  const simulator = await startSimulator({ listingPerMinute: Infinity, ...options });
  const shop = new Shop({ fill: fillMembers(population), config: configOf(simulator.url), adminKey: simulator.adminKey });
  onTestFinished(async () => {
    shop.close();
    await simulator.close();
  });
  return { shop, simulator };
}

/** Resolves when the n-th transaction of the database has ended. */
async function transactions(shop: Shop, { finished }: Started, count: number): Promise<void> {
  await new Promise<void>((resolve) => {
    let seen = 0;
    const watcher = watch(shop.folder, (event, name) => {
      if (event === "rename" && name === "members.db-journal" && ++seen === count * 2) resolve();
    });
    void finished.then(() => resolve());
    onTestFinished(() => watcher.close());
  });
}

test("Ctrl-C in an apply ends it between two transactions with 130; a fresh one is refused until it is finished or undone", async () => {
  const { shop } = await openShop();
  writeUsers(shop.path("users.jsonl"), population);
  const original = shop.readMembers();
  const { run } = await shop.json<{ run: string }>(["map-members", "--from", "users.jsonl"]);
  const apply = ["map-members", "--apply", "--plan", run, "--yes", "--operator", "night"];

  const started = shop.start([...apply, "--json"]);
  await transactions(shop, started, 1);
  started.child.kill("SIGINT");
  const { code, stdout, stderr } = await started.finished;
  expect({ code, stderr: stderr.includes("press Ctrl-C again") }).toEqual({ code: 130, stderr: true });
  expect(JSON.parse(stdout)).toMatchObject({ run, error: { code: "interrupted", hint: expect.stringContaining(`--apply --plan ${run}`) } });
  const before = shop.readMembers().filter((row, at) => row !== original[at]).length;
  expect((await shop.json<{ runs: unknown }>(["runs"])).runs).toMatchObject([{ run, state: "interrupted" }]);

  const fresh = await shop.json(["map-members", "--apply", "--from", "users.jsonl", "--yes", "--operator", "night"], 3);
  expect(fresh).toMatchObject({ error: { code: "run-interrupted", hint: expect.stringContaining(run) } });

  const { applied } = await shop.json<{ applied: { done: number } }>(apply);
  expect({ before: before > 0 && before < applied.done, after: shop.readMembers().filter((row, at) => row !== original[at]).length }).toEqual({ before: true, after: applied.done });
  await shop.run(["undo", run, "--apply", "--yes", "--operator", "night"]);
  requireSame("members after the undo", shop.readMembers(), original);
});

test("an apply killed between a transaction and its record is undone without being finished first", async () => {
  const { shop } = await openShop();
  writeUsers(shop.path("users.jsonl"), population);
  const original = shop.readMembers();
  const { run } = await shop.json<{ run: string }>(["map-members", "--from", "users.jsonl"]);
  const started = shop.start(["map-members", "--apply", "--plan", run, "--yes", "--operator", "night"]);
  await transactions(shop, started, 2);
  started.child.kill("SIGKILL");
  await started.finished;
  await shop.run(["undo", run, "--apply", "--yes", "--operator", "night"]);
  requireSame("members after the undo", shop.readMembers(), original);
});

test("Ctrl-C in a pull ends it with 130, and the next one goes on; a second Ctrl-C does not wait for Kakao", async () => {
  let hold = false;
  let asked = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const { shop, simulator } = await openShop({
    onRequest: async ({ path }) => {
      if (!hold || path !== "/v2/app/users") return;
      asked += 1;
      await released;
    },
  });
  /** Waits for one more question to Kakao, which then is not answered. */
  const heldAgain = async (): Promise<void> => {
    for (const before = asked; asked === before; ) await new Promise((wake) => setTimeout(wake, 20));
  };
  simulator.users.seed(makePopulation({ count: 900, seed: 5, now: Date.now() }));
  await shop.run(["pull"]);
  const undisturbed = readSnapshot(shop);
  // Times of reading are kept in seconds: from now on every user is older than --refresh-after says.
  await new Promise((wake) => setTimeout(wake, 2100));

  hold = true;
  const first = shop.start(["pull", "--refresh-after", "1s"]);
  await heldAgain();
  first.child.kill("SIGINT");
  expect(await first.finished).toMatchObject({ code: 130, stderr: expect.stringContaining("it goes on where it stopped") });
  requireSame("snapshot", readSnapshot(shop), undisturbed);

  const second = shop.start(["pull", "--refresh-after", "1s"]);
  await heldAgain();
  second.child.kill("SIGINT");
  await new Promise<void>((resolve) => second.child.stderr.on("data", (text) => String(text).includes("Ctrl-C again") && resolve()));
  second.child.kill("SIGINT");
  expect((await second.finished).code).toBe(130);
  hold = false;
  release();

  await shop.run(["pull"]);
  requireSame("snapshot", readSnapshot(shop), undisturbed);
});
