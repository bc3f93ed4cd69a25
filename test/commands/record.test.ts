import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, type Service } from "../helpers/service.ts";

const people = {
  members: [{ id: 1, ci: ci("a"), phone: "01022220001" }, { id: 2, phone: "01022220002" }],
  users: { 1001: { ci: ci("a"), phone: "01022220001" }, 1002: { ci: ci("b") } },
};

interface Recorded {
  readonly seq: number;
  readonly entry: { readonly command: string; readonly event: string; readonly operator: string; readonly run?: string; readonly code?: string; readonly ci?: object; readonly digests?: object; readonly database: string | null };
}

async function readRecord(service: Service): Promise<readonly Recorded[]> {
  const { json } = await service.json("runs", "audit");
  return json["record"] as readonly Recorded[];
}

describe("the record (section 10)", () => {
  test("pull, plan, apply, undo and a refusal each leave an entry; the chain is whole", async () => {
    const service = await openService(people);
    const { id } = await service.apply();
    expect((await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "lee")).code).toBe(3);
    await service.json("undo", id, "--apply", "--yes", "--operator", "kim");
    const record = await readRecord(service);
    expect(record.map(({ seq, entry: { command, event, operator, run, code } }) => [seq, command, event, operator, run ?? "", code ?? ""])).toEqual([
      [1, "map-members", "pulled", "tester", "", ""],
      [2, "map-members", "planned", "tester", id, ""],
      [3, "map-members", "applied", "tester", id, ""],
      [4, "map-members", "refused", "lee", id, "plan-used"],
      [5, "undo", "undone", "kim", id, ""],
    ]);
    expect(record[0]?.entry).toMatchObject({ ci: { received: 2 }, app: "424242" });
    expect(record[1]?.entry).toMatchObject({ ci: { used: 2 }, database: expect.stringMatching(/.+/), digests: { plan: expect.stringMatching(/^[0-9a-f]{64}$/), "plan.csv": expect.stringMatching(/^[0-9a-f]{64}$/), "review.csv": expect.any(String) } });
    expect(record[2]?.entry).toMatchObject({ counts: { done: 1, failed: 0 }, digests: { "linked.csv": expect.any(String) } });
  });

  test("a changed entry is found, exit 1", async () => {
    const service = await openService(people);
    await service.json("pull");
    await service.json("map-members");
    const db = new Database(service.path(".kakao-sync/record.db"));
    db.exec("drop trigger record_is_not_changed; update record set entry = replace(entry, '\"received\":2', '\"received\":0') where seq = 1");
    db.close();
    const audit = await service.json("runs", "audit");
    expect(audit.code).toBe(1);
    expect(audit.json).toMatchObject({ brokenAt: 1, entries: 0 });
    expect((await service.run("runs", "audit")).err).toContain("broken at entry 1");
  });

  test("--month is a sheet with the month's sums; another month is empty, a wrong one refused", async () => {
    const service = await openService(people);
    await service.apply();
    const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7);
    const { json } = await service.json("runs", "audit", "--month", month);
    expect(json["review"]).toMatchObject({ entries: 3, ci: { received: 2, used: 2, destroyed: 0 }, operators: { tester: 3 }, refusals: {} });
    const sheet = await service.run("runs", "audit", "--month", month);
    expect(sheet.out).toContain("received from Kakao");
    expect((await service.json("runs", "audit", "--month", "2019-01")).json["review"]).toMatchObject({ entries: 0 });
    expect((await service.json("runs", "audit", "--month", "2019-13")).code).toBe(2);
  });

  test("nothing is made where there is no workspace", async () => {
    const service = await openService(people);
    expect((await service.json("runs", "audit")).code).toBe(2);
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });
});
