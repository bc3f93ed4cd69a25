import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { buildTree, commandPath, everyCommand } from "../src/cli/tree.ts";
import { change, goodDay, goodFile } from "./helpers/consent.ts";
import { findEnglish } from "./helpers/english.ts";
import { openOrphans } from "./helpers/orphans.ts";
import { openService, usualChannel, type Ran, type Service } from "./helpers/service.ts";
import { street } from "./helpers/street.ts";

const inKorean = { LC_ALL: "ko_KR.UTF-8" };

interface KoreanShop {
  readonly service: Service;
  /** Runs a command in Korean; it must end with the code, say something in Korean, and nothing in English. */
  readonly run: (code: number, ...argv: string[]) => Promise<Ran>;
}

async function open(setup: Parameters<typeof openService>[0] = street, given?: Service): Promise<KoreanShop> {
  const service = given ?? (await openService(setup));
  const run = async (code: number, ...argv: string[]): Promise<Ran> => {
    const ran = await service.runWith({ env: inKorean }, ...argv);
    expect({ argv, code: ran.code, english: findEnglish(`${ran.out}\n${ran.err}`), said: ran.out + ran.err }).toEqual({ argv, code, english: [], said: expect.stringMatching(/[가-힣]/) });
    return ran;
  };
  return { service, run };
}

const newestRun = async (service: Service): Promise<string> => String(((await service.json("runs")).json["runs"] as readonly { readonly run: string }[])[0]?.run);

test("English prose is found, and what is no prose is not", () => {
  expect(findEnglish("연결 3건을 썼습니다. Nothing has been changed.")).toEqual(["Nothing has been changed"]);
  expect(findEnglish("`no such thing` kakao-sync runs show RUN, database.url, --apply, \"SELECT a FROM b\" 를 보세요")).toEqual([]);
});

describe("--lang ko", () => {
  test("the help of every command", async () => {
    const { run } = await open();
    for (const command of everyCommand(buildTree(async () => undefined))) await run(0, ...commandPath(command).split(" ").filter((word) => word !== ""), "--help");
  });

  test("mapping: look, pull, plan, apply, explain, show, report, undo", async () => {
    const { service, run } = await open();
    await run(0, "doctor");
    await run(0, "pull");
    await run(0, "pull", "--diff");
    await run(0, "map-members");
    const plan = await newestRun(service);
    await run(0, "map-members", "--apply", "--plan", plan, "--yes");
    await run(0, "runs");
    await run(0, "runs", "show", plan);
    await run(0, "runs", "audit");
    await run(0, "runs", "audit", "--month", new Date().toISOString().slice(0, 7));
    for (const member of service.csv(plan, "plan.csv")) if (member["member_id"] !== "") await run(0, "explain", "--member", member["member_id"] ?? "");
    for (const user of Object.keys(street.users)) await run(0, "explain", "--kakao", user);
    await run(0, "report", plan, "--to", "report.html");
    expect(findEnglish(readFileSync(service.path("report.html"), "utf8").replace(/<(style|script)[\s\S]*?<\/\1>/g, "").replace(/<[^>]*>/g, "\n"))).toEqual([]);
    await run(0, "undo", plan);
    await run(0, "undo", plan, "--apply", "--yes");
    await run(0, "purge");
  });

  test("what the workspace keeps is in no language but English", async () => {
    const { service, run } = await open();
    await run(0, "pull");
    await run(0, "map-members", "--apply", "--yes");
    await run(3, "map-members", "--apply", "--plan", await newestRun(service), "--yes");
    await run(0, "map-members");
    const kept = readdirSync(service.path(".kakao-sync"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.endsWith(".csv"));
    expect(kept.length).toBeGreaterThan(4);
    // Four in a row: two or three syllables come up in sealed bytes by chance.
    expect(kept.filter(({ parentPath, name }) => /[가-힣]{4}|[가-힣]+ [가-힣]+ [가-힣]+/.test(readFileSync(join(parentPath, name), "utf8"))).map(({ name }) => name)).toEqual([]);
  });

  test("unlinking: plan and apply", async () => {
    const { service, run } = await open({}, await openOrphans());
    await run(0, "unlink-orphans");
    await run(0, "unlink-orphans", "--apply", "--plan", await newestRun(service), "--yes");
    await run(0, "runs", "show", await newestRun(service));
    for (const user of ["1001", "5001"]) await run(0, "explain", "--kakao", user);
  });

  test("exporting: files, and who is left out", async () => {
    const consenting = { birthdate: "1990-05-17", agreed: "1", agreedAt: "2026-03-02 10:00:00", region: "서울", createdAt: "2025-11-02 23:30:00", vipLevel: "2" };
    const { service, run } = await open({ members: [{ id: 1, link: "1001", ...consenting }, { id: 2, link: "1002", ...consenting, agreed: "0" }, { id: 3, status: "dormant", link: "1003", ...consenting }], users: {}, config: { channel: usualChannel } });
    await run(0, "export-channel-targets", "--purpose", "11월 행사");
    await run(0, "runs", "show", await newestRun(service));
    for (const id of ["1", "2", "3"]) await run(0, "explain", "--member", id);
    await run(2, "export-channel-targets");
    await run(0, "export-channel-targets", "--upload", "--purpose", "11월 행사");
    await run(0, "export-channel-targets", "--upload", "--purpose", "11월 행사", "--apply", "--yes");
  });

  test("consents: findings in every form", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: goodDay });
    try {
      const { service, run } = await open({ config: { matching: { corroborators: ["name"] } } });
      service.write("kakao-sync.consent.yaml", goodFile);
      await run(0, "audit-consent");
      service.write("kakao-sync.consent.yaml", change(goodFile, { "    phone_number: required\n    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends": "    phone_number: optional\n    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends" }));
      for (const format of ["text", "markdown"]) await run(1, "audit-consent", "--format", format);
      await run(1, "audit-consent", "--checklist");
    } finally {
      vi.useRealTimers();
    }
  });

  test("what is wrong: words, configuration, key, plan, terminal", async () => {
    const { service, run } = await open();
    await run(2, "map-member");
    await run(2, "map-members", "--aply");
    await run(2, "map-members", "--max-age", "soon");
    await run(2, "map-members", "--sql-dialect", "oracle");
    await run(2, "undo");
    await run(2, "pull", "--config", "nowhere.yaml");
    await run(3, "map-members", "--apply");
    await run(2, "map-members", "--apply", "--plan", "20200101-000000-aaaa");
    service.simulator.replaceAdminKey("another");
    await run(1, "doctor");
    expect([2, 4]).toContain((await service.runWith({ env: inKorean }, "pull", "--refresh-after", "0d")).code);
    service.configure({ database: { timeZone: "Mars/One" }, matching: { keys: ["ci", "shoe size"] } });
    await run(2, "doctor");
  });

  test("a file of each kind keeps its columns and codes", async () => {
    const [korean, english] = [await open(), await open()];
    await korean.run(0, "map-members");
    await english.service.run("map-members");
    const files = async ({ service }: KoreanShop): Promise<Readonly<Record<string, string>>> => {
      const run = await newestRun(service);
      return Object.fromEntries(readdirSync(service.path(`.kakao-sync/runs/${run}`)).filter((name) => name.endsWith(".csv")).sort().map((name) => [name, service.file(run, name).replace(/\br[a-z0-9]{4}-[0-9a-f]{8}\b/g, "ROW")]));
    };
    expect(await files(korean)).toEqual(await files(english));
  });

  test("--json says the same but for its sentences", async () => {
    const { service } = await open();
    const [english, korean] = [await service.json("doctor"), await service.runWith({ env: inKorean }, "doctor", "--json")];
    const shape = (json: unknown): unknown => ((json as { readonly checks: readonly { readonly what: string; readonly result: string }[] }).checks.map(({ what, result }) => ({ what, result })));
    expect(shape(JSON.parse(korean.out))).toEqual(shape(english.json));
  });
});
