import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoadedUser } from "../../src/simulator/users.ts";
import { startSimulator, type Simulator } from "../../src/simulator/server.ts";
import { LeakSearch, makeCanary, type Canary } from "../helpers/canaries.ts";
import { configOf } from "../helpers/crash-rounds.ts";
import { Shop, shopKey, type Finished } from "../helpers/shop.ts";

// Nothing that the program says or writes holds personal data or a key (product.md section 10), whatever goes wrong meanwhile.

const people = 500;
const canaries = Array.from({ length: people + 200 }, (_, at) => makeCanary(at));
const adminKey = "9d5e1c7ab0f3486e9d5e1c7ab0f3486e";
const wrongKey = "51f0c4be7d2a4938851f0c4be7d2a493";
const search = new LeakSearch(canaries, [adminKey, wrongKey, shopKey]);
const idOf = (at: number): string => String(3_300_000_000_000_000_000n + BigInt(at));
const person = (at: number): Canary => canaries[at] ?? makeCanary(at);
const other = (at: number): Canary => person(people + at);
const linkedOld = "3300000000000099999";

let simulator: Simulator;
let shop: Shop;
const heard: { readonly args: string; readonly finished: Finished }[] = [];

const timeout = 240_000;

beforeAll(async () => {
  simulator = await startSimulator({ listingPerMinute: Infinity, adminKey, users: Array.from({ length: people }, (_, at) => makeUser(at)).filter(({ id }) => id !== idOf(29)) });
  shop = new Shop({ fill, config: config(), adminKey });
});

afterAll(async () => {
  shop.close();
  await simulator.close();
});

function config(): string {
  return configOf(simulator.url, "").replace("  where:", "  lastLoginAt: last_login_at\n  protected: \"role = 'staff'\"\n  also: [{ table: dormant, id: id, ci: ci, phone: phone, email: email, name: name, birthdate: birthdate }]\n  where:");
}

/** Kakao users by what happens to them; from 40 on all are linked by CI. */
function makeUser(at: number): LoadedUser {
  const { ci, phone, email, name, birthdate } = person(at === 15 ? 14 : at);
  const abroad = at === 27 ? "+81 90-7319-4027" : `+82 10-${phone.slice(4)}`;
  return {
    id: idOf(at),
    connected_at: at === 30 ? new Date(Date.now() - 3_600_000).toISOString() : "2025-03-02T01:20:33Z",
    kakao_account: {
      ci, phone_number: abroad, email, is_email_valid: true, is_email_verified: at !== 35, name,
      birthyear: at === 31 ? "2017" : birthdate.slice(0, 4), birthday: birthdate.slice(4), birthday_type: "SOLAR",
    },
  };
}

function fill(db: Database): void {
  const columns = "id integer primary key, ci text, phone text, email text, name text, birthdate text, verified text, last_login_at text, status text, role text, kakao_id text, provider text";
  db.exec(`create table members (${columns}); create unique index one_link on members (kakao_id); create table dormant (${columns})`);
  for (let at = 0; at < people; at += 1) {
    if (at === 28) continue;
    const row = makeMember(at);
    const names = Object.keys(row);
    db.prepare(`insert into ${at === 23 ? "dormant" : "members"} (${names.join()}) values (${names.map((name) => `@${name}`).join()})`).run(row);
  }
}

function makeMember(at: number): Record<string, string | number | null> {
  const { ci, phone, email, name, birthdate } = person(at);
  const date = at % 2 === 0 ? birthdate : `${birthdate.slice(0, 4)}-${birthdate.slice(4, 6)}-${birthdate.slice(6)}`;
  const row = { id: at + 1, ci, phone, email, name, birthdate: date, verified: "2026-01-01 00:00:00", last_login_at: null, status: "active", role: "customer", kakao_id: null };
  const changes: Readonly<Record<number, Record<string, string | null>>> = {
    5: { ci: null }, 6: { ci: null, phone: phone.replaceAll("-", "") }, 7: { ci: null, phone: `+82${phone.slice(1)}` }, 8: { ci: null },
    9: { ci: null, phone: null }, 10: { ci: null, phone: "" }, 11: { ci: "not a CI", phone: null },
    12: { ci: other(12).ci }, 13: { ci: null }, 14: { ci: null }, 36: { ci: null, phone: person(13).phone, name: person(13).name, birthdate: person(13).birthdate },
    16: { kakao_id: idOf(16), ci: other(16).ci, name: other(16).name }, 17: { kakao_id: idOf(17), ci: null, name: other(17).name, birthdate: other(18).birthdate }, 18: { kakao_id: idOf(18) },
    19: { ci: null, name: other(19).name }, 20: { ci: null, birthdate: other(21).birthdate }, 21: { ci: null, verified: null }, 22: { ci: null, role: "staff" },
    24: { status: "dormant" }, 25: { status: "left", kakao_id: idOf(25) }, 26: { kakao_id: linkedOld }, 27: { ci: null, phone: "+81 90-7319-4027" },
    32: { ci: null, kakao_id: person(32).email }, 33: { ci: other(33).ci, phone: null, email: null, kakao_id: person(33).phone }, 34: { ci: other(33).ci, phone: null, email: null },
    37: { ci: person(38).ci }, 300: { kakao_id: `${linkedOld.slice(0, -1)}8` }, 39: { name: other(39).name, birthdate: other(40).birthdate },
  };
  return { ...row, ...changes[at] };
}

/** Whatever the shop's folder holds but the inputs, which were written by hand. */
function findInFiles(): string[] {
  const inputs = /^(members\.db|kakao-sync\.config\.yaml|input-|\.env)/;
  return shop.listFiles().filter((file) => !inputs.test(file)).flatMap((file) => {
    // It may have gone since it was listed.
    const path = shop.path(file);
    return existsSync(path) ? search.find(readFileSync(path)).map((leak) => `${file}: ${leak}`) : [];
  });
}

/** Runs in this process, keeps what was said, and looks at every file afterwards. */
async function call(args: readonly string[], code: number, isTTY = false): Promise<Finished> {
  const finished = await shop.call(args, isTTY);
  heard.push({ args: args.join(" "), finished });
  expect({ args, code: finished.code, said: finished.code === code ? "" : finished.stdout + finished.stderr }).toEqual({ args, code, said: "" });
  return finished;
}

/** As text, as JSON and at a terminal. */
async function callEachWay(args: readonly string[], code = 0): Promise<void> {
  await call(args, code);
  await call([...args, "--json"], code);
  await call(args, code, true);
}

/** Runs the program, looks at the files all the time, and at the signal's moment sends it. */
async function watchFiles(args: readonly string[], stop?: { readonly when: () => boolean; readonly signal: NodeJS.Signals }): Promise<Finished> {
  const started = shop.start(args);
  const ended = { is: false };
  void started.finished.then(() => (ended.is = true));
  const leaks = new Set<string>();
  while (!ended.is) {
    if (stop?.when() === true) started.child.kill(stop.signal);
    for (const leak of findInFiles()) leaks.add(leak);
    await delay(5);
  }
  expect([...leaks, ...findInFiles()]).toEqual([]);
  const finished = await started.finished;
  heard.push({ args: args.join(" "), finished });
  return finished;
}

function findInSaid(): string[] {
  return heard.flatMap(({ args, finished }) => [finished.stdout, finished.stderr].flatMap((text) => search.find(text).map((leak) => `${args}: ${leak}`)));
}

function expectNoLeak(): void {
  expect([...new Set([...findInSaid(), ...findInFiles()])]).toEqual([]);
}

const operator = ["--yes", "--operator", "night"];

test("the search finds every kind in every encoding", () => {
  const found = search.find(readFileSync(shop.path("members.db")));
  for (const kind of ["CI", "phone", "e-mail", "name", "birth date"]) expect(found.filter((leak) => leak.startsWith(`${kind} `)).length).toBeGreaterThan(10);
  const { ci, phone, email, name, birthdate } = person(3);
  const values = [ci.slice(30, 50), phone, phone.replaceAll("-", ""), `+82 ${phone.slice(1)}`, email, name, birthdate, adminKey, Buffer.from(`KakaoAK ${adminKey}`).toString("base64"), Buffer.from(adminKey).toString("base64"), shopKey];
  for (const value of values) {
    for (const encode of [(text: string) => Buffer.from(text), (text: string) => Buffer.from(text, "utf16le"), (text: string) => Buffer.from(text, "utf16le").swap16()]) {
      expect({ value, found: search.find(Buffer.concat([Buffer.from([7, 200, 0]), encode(`ab ${value} c`)])).length }).toEqual({ value, found: 1 });
    }
  }
});

test("what cannot start", { timeout }, async () => {
  const files: Readonly<Record<string, (text: string) => string>> = {
    "input-wrong-key.yaml": (text) => text.replace("${KAKAO_ADMIN_KEY}", wrongKey),
    "input-key-with-newline.yaml": (text) => text.replace('"${KAKAO_ADMIN_KEY}"', `${adminKey}: x`),
    "input-open-quote.yaml": (text) => text.replace('"${KAKAO_ADMIN_KEY}"', `"${adminKey}`),
    "input-bad-key.yaml": (text) => text.replace('"${KAKAO_ADMIN_KEY}"', `[${adminKey}]`),
    "input-other-field.yaml": (text) => text.replace("adminKey:", "adminkey:").replace("${KAKAO_ADMIN_KEY}", adminKey),
    "input-wrong-column.yaml": (text) => text.replace("phone: phone", "phone: telephone"),
    "input-wrong-condition.yaml": (text) => text.replace("status = 'active'", "stat = 'active'"),
    "input-not-loopback.yaml": (text) => text.replace(/baseUrl: "[^"]*"/, `baseUrl: "http://${adminKey}@kapi.kakao.com"`),
  };
  const codes: Record<string, number> = {};
  for (const [file, change] of Object.entries(files)) {
    writeFileSync(shop.path(file), change(config()));
    for (const args of [["pull"], ["pull", "--json"], ["map-members"]]) {
      const finished = await shop.call([...args, "--config", file], args.length === 2);
      heard.push({ args: `${args.join(" ")} ${file}`, finished });
      codes[file] = finished.code ?? 0;
    }
  }
  expect(Object.values(codes)).toEqual(Object.keys(files).map(() => 2));
  expectNoLeak();
});

test("a pull under faults, interrupted and killed", { timeout }, async () => {
  for (const fault of ["html-502", "not-json", "drop-before", 429] as const) simulator.faults.add({ path: "/v2/app/users", fault, every: 9, times: 1 });
  const calls = (count: number) => () => simulator.requests.count({ path: "/v2/app/users" }) > count;
  expect((await watchFiles(["pull"], { when: calls(8), signal: "SIGINT" })).code).not.toBe(0);
  expect((await watchFiles(["pull"], { when: calls(16), signal: "SIGKILL" })).signal).toBe("SIGKILL");
  expectNoLeak();
  expect((await watchFiles(["pull", "--diff", "--json"])).code).toBe(0);
  await call(["pull", "--diff", "--refresh-after", "1s"], 0, true);
  simulator.faults.add({ path: "/v2/app/users", fault: -401, times: 100 });
  const failed = await shop.call(["pull", "--refresh-after", "1s", "--json"]);
  simulator.faults.clear();
  heard.push({ args: "pull, key refused half-way", finished: failed });
  expect(failed.code).not.toBe(0);
  expectNoLeak();
});

test("the look at consents, and who needs to be asked", { timeout }, async () => {
  await call(["audit-consent", "--init", "--live", "--sample", "20", "--file", "consent.yaml"], 0);
  await callEachWay(["audit-consent", "--live", "--sample", "20", "--file", "consent.yaml"], 1);
  for (const format of ["json", "sarif", "junit", "markdown"]) await call(["audit-consent", "--live", "--sample", "20", "--file", "consent.yaml", "--format", format, "--output", `consent.${format}`], 1);
  await callEachWay(["audit-consent", "--needs-consent", "ask.csv"]);
  simulator.faults.add({ path: "/v2/user/scopes", fault: -12, from: 5, times: 100 });
  await callEachWay(["audit-consent", "--live", "--sample", "20", "--file", "consent.yaml"], 4);
  simulator.faults.clear();
  // The test is worth something only while values were asked for.
  expect(simulator.requests.find({ path: "/v2/app/users" }).some(({ parameters }) => parameters["property_keys"]?.includes("kakao_account.ci") === true)).toBe(true);
  expectNoLeak();
});

test("plans, reviews, decisions and what explains them", { timeout }, async () => {
  const plan = await call(["map-members", "--json", "--max-age", "30d", "--all-rows"], 0);
  const { counts, linkedEvidence, files } = JSON.parse(plan.stdout) as { counts: { review: Record<string, number>; relink: number }; linkedEvidence: Record<string, number>; files: Record<string, string> };
  // The test is worth something only while these all occur.
  expect(Object.keys(counts.review)).toEqual(expect.arrayContaining(["ci-differs", "shared-phone-members", "contradicted-name", "contradicted-birthdate", "unverified-phone", "protected", "member-not-live", "held-by-withdrawn", "ci-contradicted"]));
  expect({ relink: counts.relink, contradicted: linkedEvidence["contradicted"] }).toEqual({ relink: 2, contradicted: 2 });
  await callEachWay(["map-members", "--max-age", "30d"]);
  await call(["map-members", "--max-age", "30d", "--check"], 1);
  for (let at = 0; at < 40; at += 1) {
    for (const flags of [["--member", String(at + 1)], ["--kakao", idOf(at)], ["--kakao", idOf(at), "--json"]]) heard.push({ args: `explain ${flags.join(" ")}`, finished: await shop.call(["explain", ...flags]) });
  }
  for (const value of [person(1).email, person(1).phone, person(1).ci, person(1).birthdate]) {
    for (const flag of ["--member", "--kakao"]) await call(["explain", flag, value], 2);
  }

  const review = readFileSync(shop.path(files["review"] ?? ""), "utf8").trimEnd().split("\n");
  const decided = review.map((row, at) => (at === 0 ? row : row.replace(/,(""|)?,(""|)?\r?$/, `,${["link", "unmatched", "skip"][at % 3] ?? ""},Kim`)));
  writeFileSync(shop.path("input-decided.csv"), `${decided.join("\n")}\n`);
  await callEachWay(["map-members", "--max-age", "30d", "--decisions", "input-decided.csv"]);
  // Columns slipped, as a spreadsheet may leave them: values stand where codes belong.
  const { phone, email, ci, name } = person(2);
  writeFileSync(shop.path("input-slipped.csv"), `${review[0] ?? ""}\n${[phone, email, ci, name, phone, email].join()},,,,,,,,,link,Kim\n`);
  await callEachWay(["map-members", "--max-age", "30d", "--decisions", "input-slipped.csv"]);
  writeFileSync(shop.path("input-no-decision.csv"), `${review[0] ?? ""}\n${[phone, email, ci, name, phone, email].join()},,,,,,,,,${email},Kim\n`);
  await callEachWay(["map-members", "--decisions", "input-no-decision.csv"], 2);
  writeFileSync(shop.path("input-quotes.csv"), `row,kakao_id\n"${phone}"${email},"${ci}\n`);
  await callEachWay(["map-members", "--decisions", "input-quotes.csv"], 2);
  writeFileSync(shop.path("input-no-header.csv"), `${[phone, phone, email, ci].join()}\n`);
  await callEachWay(["map-members", "--decisions", "input-no-header.csv"], 2);
  expectNoLeak();
});

test("users from files, sound and broken", { timeout }, async () => {
  const { phone, email, ci, name } = person(4);
  const users = Array.from({ length: 60 }, (_, at) => makeUser(at));
  const sound = users.map((user) => JSON.stringify(user));
  const broken: Readonly<Record<string, string>> = {
    "input-cut.jsonl": `{"id":1,"kakao_account":{"phone_number":"${phone}","email":"${email}`,
    "input-id.jsonl": `{"id":"${email}"}`,
    "input-number.jsonl": `{"id":1,"kakao_account":{"ci":"${ci}","name":["${name}"]}}`,
    "input-flag.csv": `id,email,is_email_valid\n1,${email},${phone}\n`,
    "input-id.csv": `id,email\n${phone},${email}\n`,
    "input-cells.csv": `id,email\n1,${email},${phone}\n`,
    "input-header.csv": `${phone},${email},${email}\n`,
    "input-ending.txt": phone,
  };
  writeFileSync(shop.path("input-users.jsonl"), sound.join("\n"));
  await callEachWay(["map-members", "--from", "input-users.jsonl"]);
  for (const [file, text] of Object.entries(broken)) {
    writeFileSync(shop.path(file), text);
    await callEachWay(["map-members", "--from", file], 2);
  }
  writeFileSync(shop.path("input-latin.csv"), Buffer.from(`id,name,email\n1,\xff\xfe${name},${email}\n`, "latin1"));
  await callEachWay(["map-members", "--from", "input-latin.csv"], 2);
  expectNoLeak();
});

test("an apply interrupted, killed and resumed, moved rows, and the undo", { timeout }, async () => {
  const plan = JSON.parse((await call(["map-members", "--json", "--max-age", "30d", "--allow-links", "999"], 0)).stdout) as { run: string };
  const { default: Database } = await import("better-sqlite3");
  const change = (sql: string, ...values: readonly string[]): void => {
    const db = new Database(shop.path("members.db"));
    db.prepare(sql).run(...values);
    db.close();
  };
  change("update members set phone = ? where id = 44", other(1).phone);
  change("update members set kakao_id = ? where id = 45", other(2).email);
  await callEachWay(["map-members", "--apply", "--plan", plan.run], 3);
  const apply = ["map-members", "--apply", "--plan", plan.run, ...operator];
  // The look of the second relink takes long: by then the first batch is written and journalled, and the second one under way.
  const { met } = simulator.faults;
  simulator.faults.add({ fault: { slowMs: 1_500 }, times: 2 });
  expect((await watchFiles(apply, { when: () => simulator.faults.met === met + 2, signal: "SIGKILL" })).signal).toBe("SIGKILL");
  expect((await shop.json<{ state: string }>(["runs", "show", plan.run])).state).toBe("interrupted");
  simulator.faults.add({ fault: "html-502", times: 1 });
  const resumed = await watchFiles([...apply, "--json"]);
  expect(resumed).toMatchObject({ code: 0 });
  await callEachWay(["runs"]);
  await callEachWay(["runs", "show", plan.run]);
  expectNoLeak();

  change("update members set last_login_at = '2099-01-01 00:00:00' where id between 100 and 120");
  await callEachWay(["undo", plan.run]);
  writeFileSync(shop.path("input-only.csv"), `member_id\n${person(6).email}\n7\n`);
  await callEachWay(["undo", plan.run, "--only", "input-only.csv"]);
  await call(["undo", plan.run, "--by", person(6).phone], 2);
  await call(["undo", plan.run, "--only", "input-only.csv", "--apply", ...operator], 0);
  const undo = ["undo", plan.run, "--apply", ...operator];
  await watchFiles(undo, { when: () => existsSync(shop.path("members.db-journal")), signal: "SIGKILL" });
  expect((await watchFiles(undo)).code).toBe(0);
  expect(shop.listFiles(".kakao-sync").filter((file) => file.endsWith("used-since.csv"))).toHaveLength(1);
  expect((await watchFiles([...undo, "--include-used", "--json"])).code).toBe(0);
  await callEachWay(["runs", "show", plan.run]);
  expect(heard.length).toBeGreaterThan(200);
  expectNoLeak();
});

test("a damaged workspace and the wrong workspace key", { timeout }, async () => {
  const env = { KAKAO_SYNC_KEY: Buffer.alloc(32, 7).toString("base64") };
  const wrong = await shop.start(["map-members"], env).finished;
  heard.push({ args: "wrong workspace key", finished: wrong });
  expect(wrong.code).toBe(2);
  for (const file of shop.listFiles(".kakao-sync").filter((name) => /snapshot-\d+\.db$/.test(name))) {
    const bytes = readFileSync(shop.path(file));
    bytes.fill(0x41, bytes.length / 2, bytes.length / 2 + 3000);
    writeFileSync(shop.path(file), bytes);
  }
  for (const args of [["map-members", "--max-age", "30d"], ["map-members", "--max-age", "30d", "--json"]]) heard.push({ args: "damaged snapshot", finished: await shop.call(args) });
  expectNoLeak();
});
