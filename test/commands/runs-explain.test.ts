import { describe, expect, test } from "vitest";
import { REVIEW_RULES } from "../../src/core/matching/answers.ts";
import { ci } from "../helpers/match.ts";
import { openService } from "../helpers/service.ts";
import { street } from "../helpers/street.ts";

describe("runs", () => {
  test("without a workspace it says how to start, and makes none", async () => {
    const service = await openService(street);
    for (const words of [["runs"], ["runs", "show", "2026"], ["runs", "abandon", "2026"], ["explain", "--member", "1"], ["undo", "2026"]]) {
      const { code, error } = await service.json(...words);
      expect(code).toBe(2);
      expect(error.code).toBe("workspace-missing");
      expect(error.hint).toContain("--workspace");
    }
  });

  test("lists every run, newest first, with its state; an empty list says so", async () => {
    const service = await openService(street);
    await service.json("pull");
    expect((await service.run("runs")).out).toBe("There are no runs yet.\n");
    const first = await service.json("map-members", "--operator", "planner");
    const second = await service.apply();
    const { json } = await service.json("runs");
    expect(json["command"]).toBe("runs");
    expect(json["runs"]).toMatchObject([
      { run: second.id, command: "map-members", state: "applied", operator: "tester", planned: 4, applied: { done: 4 } },
      { run: first.id, state: "superseded", operator: "planner", planned: 4 },
    ]);
    expect((await service.run("runs")).out).toMatch(new RegExp(`${second.id} +map-members +applied +4 +4 +tester`));
  });

  test("show: by the beginning of an id, with files, and the next command of a plan", async () => {
    const service = await openService(street);
    const { id } = await service.json("map-members");
    const { out, err, code } = await service.run("runs", "show", id.slice(0, 12));
    expect(code).toBe(0);
    expect(out).toContain(`.kakao-sync/runs/${id}/plan.csv`);
    expect(out).toMatch(/changes planned +4/);
    expect(err).toContain(`kakao-sync map-members --apply --plan ${id}`);
    expect((await service.json("runs", "show", id)).json).toMatchObject({ command: "runs show", run: id, of: "map-members", state: "planned", counts: { kakaoUsers: 15 } });
  });

  test("an unknown run", async () => {
    const service = await openService(street);
    await service.json("map-members");
    const { code, error } = await service.json("runs", "show", "20200101-000000-aaaa");
    expect(code).toBe(2);
    expect(error).toMatchObject({ code: "run-unknown", hint: "List the runs: kakao-sync runs" });
  });
});

describe("explain", () => {
  test.each([
    ["1001", "link", "M9", "Linked by the CI"],
    ["1002", "link", "M9", "Linked by the phone number"],
    ["1003", "link", "M9", "Linked by the e-mail address"],
    ["1004", "linked", "M1", "held by member 4"],
    ["1006", "review", "M4", "Candidate 7"],
    ["1008", "review", "M5", "not live"],
    ["1009", "review", "M1", "withdrawn"],
    ["1010", "review", "M8", "the names differ"],
    ["1011", "unmatched", "M3", "No live or dormant member"],
    ["1012", "unread", "M2", "younger than 24 hours"],
    ["1013", "review", "M3", "both CIs are known and differ"],
    ["1014", "relink", "M6", "no longer listed"],
    ["1015", "review", "M4", "Another Kakao user has the same phone number"],
  ])("Kakao user %s: %s, %s", async (kakaoId, action, rule, words) => {
    const service = await openService(street);
    await service.json("map-members");
    const { json } = await service.json("explain", "--kakao", kakaoId);
    expect(json["answers"]).toMatchObject([{ kakaoId, action, rule }]);
    const { code, out } = await service.run("explain", "--kakao", kakaoId);
    expect(code).toBe(0);
    expect(out).toContain(words);
    expect(out).toContain(rule);
  });

  test("members: named, candidates, linked, hit by nobody, unknown", async () => {
    const service = await openService(street);
    await service.json("map-members");
    const answersOf = async (id: string): Promise<unknown> => (await service.json("explain", "--member", id)).json["answers"];
    expect(await answersOf("1")).toMatchObject([{ kakaoId: "1001", action: "link" }]);
    expect(await answersOf("14")).toMatchObject([{ kakaoId: "1015" }, { kakaoId: "9007199254740993" }]);
    expect(await answersOf("4")).toMatchObject([{ kakaoId: "1004", action: "linked", rule: "M1" }]);
    expect(await answersOf("12")).toMatchObject([{ kakaoId: null, action: "none" }]);
    const unknown = await service.json("explain", "--member", "77");
    expect(unknown.code).toBe(2);
    expect(unknown.error).toMatchObject({ code: "member-unknown" });
  });

  test("shows no value in clear", async () => {
    const service = await openService(street);
    await service.json("map-members");
    const texts = await Promise.all(["1001", "1006", "1010"].map(async (id) => (await service.run("explain", "--kakao", id)).out));
    for (const secret of ["김하나", "6666", "정열", ci("one")]) expect(texts.join("")).not.toContain(secret);
  });

  test("a difference that the CI overrules is told, and nothing then says that nothing speaks against it", async () => {
    const service = await openService({ members: [{ id: 1, ci: ci("one"), name: "김하나" }], users: { "11": { ci: ci("one"), name: "박하나" } } });
    await service.json("map-members");
    const { out } = await service.run("explain", "--kakao", "11");
    expect(out).toContain("The names differ; the CI decides all the same.");
    expect(out).not.toContain("nothing speaks against it");
  });

  test("--run explains an older plan", async () => {
    const service = await openService(street);
    const first = await service.json("map-members");
    await service.apply();
    await service.json("map-members");
    expect((await service.json("explain", "--kakao", "1001", "--run", first.id)).json).toMatchObject({ run: first.id, answers: [{ action: "link" }] });
    expect((await service.json("explain", "--kakao", "1001")).json).toMatchObject({ answers: [{ action: "linked" }] });
  });

  test("wrong questions", async () => {
    const service = await openService(street);
    await service.json("pull");
    expect((await service.json("explain", "--kakao", "1001")).error).toMatchObject({ code: "run-unknown", hint: "Make a plan: kakao-sync map-members" });
    await service.json("map-members");
    expect((await service.json("explain")).error.code).toBe("usage");
    expect((await service.json("explain", "--member", "1", "--kakao", "1")).error.code).toBe("usage");
    expect((await service.json("explain", "--kakao", "424242")).error.code).toBe("kakao-unknown");
    expect((await service.json("explain", "--kakao", "none")).code).toBe(2);
  });

  test("every review reason has a rule to name", () => {
    for (const rule of Object.values(REVIEW_RULES)) expect(rule).toMatch(/^M\d+$/);
  });
});
