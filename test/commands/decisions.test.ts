import { describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, type Service, type ServiceSetup } from "../helpers/service.ts";

/** What a person writes behind a row of a review list: by `<kakao id>-<member id>`. */
type Decided = Readonly<Record<string, string>>;

/** Two members share a number, another two Kakao users share one, and one linked member's values speak against the link. */
const doubtful: ServiceSetup = {
  members: [
    { id: 1, phone: "01011110001" },
    { id: 2, phone: "01011110001" },
    { id: 3, phone: "01033330003" },
    { id: 4, phone: "01044440004", name: "김넷" },
    { id: 5, phone: "01055550005", name: "박다섯", birthdate: "19850505", link: "15" },
    { id: 6, ci: ci("six") },
    { id: 7, phone: "01077770007", name: "한일곱", status: "dormant" },
    { id: 8, ci: ci("eight"), phone: "01088880008" },
  ],
  users: {
    "11": { phone: "010-1111-0001" },
    "13": { phone: "010-3333-0003" },
    "14": { phone: "010-3333-0003" },
    "16": { phone: "010-4444-0004", name: "김넷", birthdate: "20200101" },
    "15": { phone: "010-5555-0005", name: "남궁민수", birthdate: "19900909" },
    "17": { phone: "010-7777-0007", name: "한일곱" },
    "18": { ci: ci("somebody"), phone: "010-8888-0008" },
  },
};

/** Fills a review list in as a person does in a spreadsheet, and saves it. */
function fill(service: Service, run: string, list: string, decided: Decided, who = "김지원"): string {
  const text = service.file(run, list);
  const lines = text.split("\n").map((line) => {
    const [, kakaoId = "", memberId = ""] = line.split(",");
    const word = decided[`${kakaoId}-${memberId}`];
    return word === undefined ? line : line.replace(/,,$/, `,${word},${who}`);
  });
  const name = `decided-${list}`;
  service.write(name, lines.join("\n"));
  return name;
}

async function planWith(service: Service, decided: Decided, list = "review.csv") {
  const first = await service.json("map-members");
  return service.json("map-members", "--decisions", fill(service, first.id, list, decided));
}

describe("decisions are obeyed (M12)", () => {
  test("link and unmatched are planned, counted and applied; the sum stays", async () => {
    const service = await openService(doubtful);
    const { code, json, id } = await planWith(service, { "11-2": "link", "11-1": "unmatched", "16-4": "LINK", "13-3": "unmatched" });
    expect(code).toBe(0);
    expect(json).not.toHaveProperty("refusedDecisions");
    expect(json["counts"]).toMatchObject({ link: { decision: 2 }, unmatched: 1, linked: 1 });
    expect(service.csv(id, "plan.csv").filter(({ by }) => by === "decision").map(({ kakao_id, member_id, action, reason }) => [kakao_id, member_id, action, reason])).toEqual([
      ["11", "2", "link", "shared-phone-members"], ["13", "", "unmatched", "shared-phone-kakao"], ["16", "4", "link", "under-14"],
    ]);
    const applied = await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester");
    expect(applied.json["applied"]).toMatchObject({ done: 2, moved: 0 });
    expect(await service.links()).toMatchObject({ 1: null, 2: "11", 4: "16", 3: null });
    expect(service.csv(id, "linked.csv").map(({ member_id, by }) => `${member_id} ${by}`)).toEqual(["2 decision", "4 decision"]);
  });

  test("unmatched of one candidate of several leaves the others under review", async () => {
    const service = await openService(doubtful);
    const { json, id } = await planWith(service, { "11-1": "unmatched" });
    expect(json["counts"]).toMatchObject({ review: { "shared-phone-members": 1 } });
    expect(service.csv(id, "review.csv").filter(({ kakao_id }) => kakao_id === "11").map(({ member_id }) => member_id)).toEqual(["2"]);
  });

  test("a decision is remembered: the next plan obeys it, and its review list leaves it out", async () => {
    const service = await openService(doubtful);
    await planWith(service, { "11-2": "link", "13-3": "skip", "14-3": "unmatched" });
    const { json, id } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ link: { decision: 1 }, unmatched: 1 });
    expect(service.csv(id, "review.csv").map(({ kakao_id, member_id }) => `${kakao_id}-${member_id}`)).toEqual(["16-4", "17-7", "18-8"]);
  });

  test("a remembered decision ends when a value it was made on changes", async () => {
    const service = await openService(doubtful);
    await planWith(service, { "11-2": "link", "16-4": "link" });
    await service.change("update members set name = '최새이름' where id = 2");
    const { json, id } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ link: { decision: 1 }, review: { "shared-phone-members": 1 } });
    expect(service.csv(id, "review.csv").filter(({ kakao_id }) => kakao_id === "11")).toHaveLength(2);
  });

  test("a later decision about a pair replaces the remembered one", async () => {
    const service = await openService(doubtful);
    const first = await service.json("map-members");
    await service.json("map-members", "--decisions", fill(service, first.id, "review.csv", { "11-2": "link" }));
    const { json } = await service.json("map-members", "--decisions", fill(service, first.id, "review.csv", { "11-2": "skip" }));
    expect(json["counts"]).toMatchObject({ link: { decision: 0 }, review: { "shared-phone-members": 1 } });
  });

  test("explain names the decision", async () => {
    const service = await openService(doubtful);
    await planWith(service, { "11-2": "link" });
    expect((await service.run("explain", "--kakao", "11")).out).toContain("A person decided to link this pair.");
  });

  test("a list that a spreadsheet wrote back with CRLF and quotes is read all the same", async () => {
    const service = await openService(doubtful);
    const first = await service.json("map-members");
    const name = fill(service, first.id, "review.csv", { "11-2": "link" });
    const text = service.csv(first.id, "review.csv");
    const columns = Object.keys(text[0] ?? {});
    const rows = text.map((row) => columns.map((column) => `"${column === "decision" && row["member_id"] === "2" ? " Link " : column === "decided_by" && row["member_id"] === "2" ? "김지원" : (row[column] ?? "")}"`).join(","));
    service.write(name, `\uFEFF${columns.join(",")}\r\n${rows.join("\r\n")}\r\n`);
    expect((await service.json("map-members", "--decisions", name)).json["counts"]).toMatchObject({ link: { decision: 1 } });
  });
});

describe("decisions that are not obeyed", () => {
  test.each([
    ["the member id was altered", (line: string) => line.replace(",2,", ",3,")],
    ["the Kakao id was altered", (line: string) => line.replace(",11,", ",16,")],
    ["the row code was altered", (line: string) => line.replace(/-[0-9a-f]{8},/, "-00000000,")],
    ["the evidence was altered", (line: string) => line.replace("name=unknown", "name=agree")],
    ["the reason was altered", (line: string) => line.replace("shared-phone-members", "phone-only")],
  ])("%s: decision-outdated", async (_what, alter) => {
    const service = await openService(doubtful);
    const first = await service.json("map-members");
    const name = fill(service, first.id, "review.csv", { "11-2": "link" });
    const text = service.file(first.id, "review.csv").split("\n").map((line) => (line.includes(",11,2,") ? alter(line.replace(/,,$/, ",link,me")) : line)).join("\n");
    service.write(name, text);
    const { code, json, err } = await service.json("map-members", "--decisions", name);
    expect(code).toBe(0);
    expect(json["counts"]).toMatchObject({ link: { decision: 0 } });
    expect(json["refusedDecisions"]).toMatchObject([{ line: 3, why: "decision-outdated" }]);
    expect(err).toContain("1 decision is not obeyed");
  });

  test("the reason changed since the list was written", async () => {
    const service = await openService(doubtful);
    const first = await service.json("map-members");
    await service.change("delete from members where id = 1");
    const { json } = await service.json("map-members", "--decisions", fill(service, first.id, "review.csv", { "11-2": "link" }));
    expect(json["refusedDecisions"]).toMatchObject([{ why: "decision-outdated" }]);
    expect(json["counts"]).toMatchObject({ link: { decision: 0 }, review: { "uncorroborated-phone": 1 } });
  });

  test("two links in one shared group refuse each other; the rest of the file is obeyed", async () => {
    const service = await openService(doubtful);
    const { json } = await planWith(service, { "11-1": "link", "11-2": "link", "16-4": "link" });
    expect(json["refusedDecisions"]).toMatchObject([{ why: "decision-twice" }, { why: "decision-twice" }]);
    expect(json["counts"]).toMatchObject({ link: { decision: 1 }, review: { "shared-phone-members": 1 } });
    // A refused decision is not remembered.
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ link: { decision: 1 } });
  });

  test("two Kakao users of one number cannot both be linked", async () => {
    const service = await openService(doubtful);
    const { json } = await planWith(service, { "13-3": "link", "14-3": "link" });
    expect(json["refusedDecisions"]).toMatchObject([{ why: "decision-twice" }, { why: "decision-twice" }]);
  });

  test("never for a struck hit, nor a dormant member of the member table", async () => {
    const service = await openService(doubtful);
    const { json, err } = await planWith(service, { "18-8": "link", "17-7": "link" });
    expect(json["refusedDecisions"]).toMatchObject([{ why: "decision-member-not-live" }, { why: "decision-ci-differs" }]);
    expect(err).toContain("2 decisions are not obeyed");
    expect(json["counts"]).toMatchObject({ link: { decision: 0 } });
  });

  test("never against a link that came meanwhile (M1, M6)", async () => {
    const service = await openService(doubtful);
    const first = await service.json("map-members");
    const name = fill(service, first.id, "review.csv", { "11-2": "link", "16-4": "link" });
    await service.change("update members set kakao_id = 11 where id = 6; update members set kakao_id = 12345 where id = 4");
    const { json } = await service.json("map-members", "--decisions", name);
    expect(json["refusedDecisions"]).toMatchObject([{ why: "decision-already-linked" }, { why: "decision-outdated" }]);
  });

  test.each([
    ["an unknown word", "maybe", "me", "line 2"],
    ["no name", "link", "", "decided_by"],
  ])("%s ends the command before anything is planned", async (_what, word, who, place) => {
    const service = await openService(doubtful);
    const first = await service.json("map-members");
    const { code, error } = await service.json("map-members", "--decisions", fill(service, first.id, "review.csv", { "11-1": word }, who));
    expect(code).toBe(2);
    expect(error.code).toBe("decisions-invalid");
    expect(error.message).toContain(place);
    expect(error.message).toContain("decided-review.csv");
    expect((await service.json("runs")).json["runs"]).toHaveLength(1);
  });

  test("a file without the columns", async () => {
    const service = await openService(doubtful);
    service.write("other.csv", "kakao_id,member_id\n1,2\n");
    const { code, error } = await service.json("map-members", "--decisions", "other.csv");
    expect(code).toBe(2);
    expect(error.message).toContain("row");
  });
});

describe("unlink, from check.csv", () => {
  test("clears the link on apply; undo puts it back", async () => {
    const service = await openService(doubtful);
    const { json, id } = await planWith(service, { "15-5": "unlink" }, "check.csv");
    expect(json).toMatchObject({ clears: 1, counts: { linked: 1 } });
    expect((await service.links())[5]).toBe("15");
    const applied = await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester");
    expect(applied.json["applied"]).toMatchObject({ done: 1, moved: 0 });
    expect((await service.links())[5]).toBeNull();
    expect(service.csv(id, "linked.csv")).toEqual([]);
    const undone = await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect(undone.json).toMatchObject({ restored: 1 });
    expect((await service.links())[5]).toBe("15");
  });

  test("--check says that there is something to do", async () => {
    const service = await openService(doubtful);
    const first = await service.json("map-members", "--check");
    expect(first.code).toBe(0);
    const { code } = await service.json("map-members", "--check", "--decisions", fill(service, first.id, "check.csv", { "15-5": "unlink" }));
    expect(code).toBe(1);
  });

  test("a link that changed meanwhile is left alone", async () => {
    const service = await openService(doubtful);
    const { id } = await planWith(service, { "15-5": "unlink" }, "check.csv");
    await service.change("update members set kakao_id = 99 where id = 5");
    const applied = await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester");
    expect(applied.json["applied"]).toMatchObject({ done: 0, moved: 1, movedBy: { "link-changed": 1 } });
    expect((await service.links())[5]).toBe("99");
  });

  test("unlink of a pair that is not linked is refused", async () => {
    const service = await openService(doubtful);
    const { json } = await planWith(service, { "11-2": "unlink" });
    expect(json["refusedDecisions"]).toMatchObject([{ why: "decision-not-a-link" }]);
  });
});
