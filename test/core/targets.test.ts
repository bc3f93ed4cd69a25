import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IdentifierCollector } from "../../src/core/targets/identifiers.ts";
import { collectIdentifiers, judgeRow, settle, Unread, type AskedRelation, type TargetInput, type TargetRules } from "../../src/core/targets/judge.ts";
import { readRefusedLinks, readRefusedPhone } from "../../src/core/targets/refused-ids.ts";
import { TargetTally, type TargetCounts } from "../../src/core/targets/tally.ts";
import { LEFT_OUT, type LeftOut, type TargetAnswer } from "../../src/core/targets/targets.ts";

const rules: TargetRules = {
  idType: "app",
  night: false,
  excludeOverdue: false,
  ageUnknown: "leave-out",
  clock: { nowMs: Date.parse("2026-11-21T12:00:00+09:00"), zoneMinutes: 540 },
  today: "20261121",
  foreignPhone: (text) => (text.startsWith("+1") ? text : null),
  readField: (_field, raw) => (raw === "bad" ? { bad: "formula" } : raw),
};

const usual: TargetInput = { place: 0, memberId: "1", state: "live", agreed: "1", agreedAt: "2026-03-01", reconfirmedAt: null, night: "1", links: ["1001"], phone: "010-2345-6789", birthdate: "1990-01-01", inSegment: true, fields: ["서울"] };

interface Selected {
  readonly answers: readonly TargetAnswer[];
  readonly counts: TargetCounts;
}

/** Both readings, as the command makes them. */
function select(rows: readonly TargetInput[], changes: Partial<TargetRules> = {}, relationOf: (kakaoId: string | null) => AskedRelation | null = () => null): Selected {
  const all = { ...rules, ...changes };
  const collector = new IdentifierCollector();
  for (const row of rows) if (row.place === 0) collectIdentifiers(row, all, collector, new Unread());
  const identifiers = collector.take();
  const tally = new TargetTally();
  const answers = rows.map((row) => {
    const judged = judgeRow(row, all, identifiers, tally.doubts);
    const relation = "leftOut" in judged || judged.later !== null ? null : relationOf(judged.kakaoId);
    const answer = "leftOut" in judged ? { leftOut: judged.leftOut } : settle(judged, relation, identifiers);
    tally.add(answer, judged.notice, relation);
    return answer;
  });
  return { answers, counts: tally.counts };
}

const reasonOf = (answer: TargetAnswer | undefined): string => (answer === undefined ? "?" : "exported" in answer ? `exported ${answer.exported.id}` : answer.leftOut.reason);
const reasons = (rows: readonly Partial<TargetInput>[], changes: Partial<TargetRules> = {}, relationOf?: (kakaoId: string | null) => AskedRelation): readonly string[] =>
  select(rows.map((row, at) => ({ ...usual, memberId: String(at + 1), ...row })), changes, relationOf).answers.map(reasonOf);

describe("one reason for each member left out (T2)", () => {
  test.each<readonly [LeftOut, Partial<TargetInput>, Partial<TargetRules>]>([
    ["not-live", { state: "notLive" }, {}],
    ["not-live", { state: "withdrawn" }, {}],
    ["no-consent", { agreed: null }, {}],
    ["no-consent", { agreed: "N" }, {}],
    ["no-consent", { agreed: "unknown" }, {}],
    ["no-consent-date", { agreedAt: null }, {}],
    ["no-consent-date", { agreedAt: "2026-11-22" }, {}],
    ["no-consent-date", { agreedAt: "soon" }, {}],
    ["no-night-consent", { night: null }, { night: true }],
    ["no-night-consent", { night: "0" }, { night: true }],
    ["overdue", { agreedAt: "2024-11-21" }, { excludeOverdue: true }],
    ["under-14", { birthdate: "2012-11-22" }, {}],
    ["age-unknown", { birthdate: null }, {}],
    ["age-unknown", { birthdate: "1900-01-01" }, {}],
    ["no-phone", { phone: " " }, { idType: "phone" }],
    ["bad-phone", { phone: "02-123-4567" }, { idType: "phone" }],
    ["bad-phone", { phone: "010-1234-5678" }, { idType: "phone" }],
    ["foreign-phone", { phone: "+1 202 555 0143" }, { idType: "phone" }],
    ["no-kakao-id", { links: [] }, {}],
    ["no-kakao-id", { links: ["0012", "x"] }, {}],
    ["bad-value", { fields: ["bad"] }, {}],
    ["outside-segment", { inSegment: false }, {}],
  ])("%s: %o", (reason, row, changes) => {
    expect(reasons([row], changes)).toEqual([reason]);
  });

  test.each<readonly [string, Partial<TargetInput>, Partial<TargetRules>]>([
    ["14 today", { birthdate: "2012-11-21" }, {}],
    ["no birth date, where that is allowed", { birthdate: null }, { ageUnknown: "export" }],
    ["under 14, where no birth dates are configured", { birthdate: "2020-01-01" }, { ageUnknown: "not-asked" }],
    ["overdue, where that is no reason", { agreedAt: "2020-01-01" }, {}],
    ["no consent at night, where nobody asks for it", { night: "0" }, {}],
  ])("exported: %s", (_what, row, changes) => {
    expect(reasons([row], changes)).toEqual(["exported 1001"]);
  });

  test("still under 14 where a birth date may be unknown", () => {
    expect(reasons([{ birthdate: "2020-01-01" }], { ageUnknown: "export" })).toEqual(["under-14"]);
  });

  test("the first that applies, in the order of T2", () => {
    const wrong: readonly (readonly [LeftOut, Partial<TargetInput>])[] = [
      ["not-live", { state: "notLive" }], ["no-consent", { agreed: null }], ["no-consent-date", { agreedAt: null }], ["no-night-consent", { night: null }], ["overdue", { agreedAt: "2024-01-01" }],
      ["under-14", { birthdate: "2020-01-01" }], ["no-phone", { phone: null }], ["bad-value", { fields: ["bad"] }], ["outside-segment", { inSegment: false }],
    ];
    const row = wrong.reduce<Partial<TargetInput>>((all, [, change]) => ({ ...change, ...all }), {});
    const healed: (keyof TargetInput)[] = ["state", "agreed", "agreedAt", "night", "agreedAt", "birthdate", "phone", "fields", "inSegment"];
    const seen: string[] = [];
    let current: Partial<TargetInput> = row;
    for (const key of healed) {
      seen.push(reasons([current], { idType: "phone", night: true, excludeOverdue: true })[0] ?? "");
      current = { ...current, [key]: key === "agreedAt" && seen.at(-1) === "no-consent-date" ? "2024-01-01" : usual[key] };
    }
    expect(seen).toEqual(wrong.map(([reason]) => reason));
    expect(reasons([current], { idType: "phone", night: true, excludeOverdue: true })).toEqual(["exported 821023456789"]);
  });
});

describe("a refusal on any row wins (T1)", () => {
  test.each<readonly [string, Partial<TargetInput>]>([
    ["a live row", { agreed: "0" }],
    ["a dormant row", { state: "notLive", agreed: "N" }],
    ["a withdrawn row", { state: "withdrawn", agreed: "false", phone: "+82 10-2345-6789" }],
    ["a row that nobody can read", { agreed: "??" }],
    ["a row with several consents", { agreed: "\u001dseveral" }],
  ])("of %s", (_what, row) => {
    expect(reasons([{}, row])[0]).toBe("refused-elsewhere");
    expect(reasons([row, {}])[1]).toBe("refused-elsewhere");
    expect(reasons([{}, { ...row, links: ["9"] }], { idType: "phone" })[0]).toBe("refused-elsewhere");
  });

  test.each<readonly [string, Partial<TargetInput>]>([
    ["was never asked", { agreed: null }],
    ["has left and had agreed", { state: "withdrawn" }],
    ["refuses at night only", { night: "0" }],
  ])("but not of one that %s", (_what, row) => {
    expect(reasons([{ ...row, memberId: "9" }, {}])).toContain("exported 1001");
  });

  test("with --night a refusal at night counts, too", () => {
    expect(reasons([{ night: "0" }, {}], { night: true })).toEqual(["no-night-consent", "refused-elsewhere"]);
    expect(reasons([{ night: "0", state: "notLive" }, {}], { night: true })).toEqual(["not-live", "refused-elsewhere"]);
  });

  test("every Kakao id of a row counts, misspelt ones too, and the lowest is exported", () => {
    expect(reasons([{ links: ["30", "200", "9007199254740993"] }])).toEqual(["exported 30"]);
    expect(reasons([{ links: ["30", "200"] }, { links: ["7", "200"], agreed: "0" }])).toEqual(["refused-elsewhere", "no-consent"]);
    expect(reasons([{ links: ["30"] }, { links: [" 0030"], agreed: "0" }])[0]).toBe("refused-elsewhere");
  });

  test("each identifier goes once, under the first row that can go", () => {
    expect(reasons([{ fields: ["bad"] }, {}, {}, { fields: ["bad"] }])).toEqual(["bad-value", "exported 1001", "duplicate", "duplicate"]);
    expect(reasons([{ links: ["1"] }, { links: ["2"], phone: "+82 10 2345 6789" }], { idType: "phone" })).toEqual(["exported 821023456789", "duplicate"]);
  });

  test("ids next to each other, up to 2^63-1, are told apart", () => {
    const ids = ["1", "4294967295", "4294967296", "9007199254740992", "9007199254740993", "9223372036854775806", "9223372036854775807"];
    expect(reasons(ids.map((id) => ({ links: [id] })))).toEqual(ids.map((id) => `exported ${id}`));
    expect(reasons(ids.flatMap((id, at) => [{ links: [id] }, ...(at % 2 === 0 ? [{ links: [id], agreed: "0" }] : [])])).filter((reason) => reason === "refused-elsewhere")).toHaveLength(4);
  });
});

describe("the relation (--relation)", () => {
  const said: Readonly<Record<string, AskedRelation>> = { 1: "added", 2: "blocked", 3: "none", 4: "unknown" };
  const ask = (id: string | null): AskedRelation => (id === null ? "unknown" : (said[id] ?? "unknown"));

  test("blockers and those about whom Kakao says nothing are left out, and all are counted", () => {
    const rows = ["1", "2", "3", "4"].map((id) => ({ ...usual, links: [id] }));
    const { answers, counts } = select([...rows, { ...usual, links: ["3"] }, { ...usual, links: ["2"], inSegment: false }], {}, ask);
    expect(answers.map(reasonOf)).toEqual(["exported 1", "blocked-channel", "exported 3", "unknown-relation", "duplicate", "outside-segment"]);
    expect(counts).toMatchObject({ exported: 2, relations: { added: 1, blocked: 1, none: 1, unknown: 1 } });
  });

  test("who is exported by number is asked about by Kakao id", () => {
    expect(reasons([{ links: ["2"], phone: "010-3333-4444" }, { links: [], phone: "010-5555-4444" }, { links: ["1"] }], { idType: "phone" }, ask)).toEqual(["blocked-channel", "unknown-relation", "exported 821023456789"]);
  });
});

describe("a refusal spelled otherwise is read generously", () => {
  test.each([["1001,1002", "1001,1002"], ["+1001", "1001"], ["１００１", "1001"], ["1001;", "1001"], [" 0042", "42"], ["1001.0", "1001"], ["'1001", "1001"], ["1e3", ""], ["app:1001", ""]])("link %s", (link, ids) => {
    expect(readRefusedLinks([link])).toEqual({ ids: ids === "" ? [] : ids.split(",").map(BigInt), isUnread: ids === "" });
  });

  test.each(["'01022223333", "tel:010-2222-3333", "01022223333.0", "010-2222-3333 (본인)", "[집] 010-2222-3333", "010_2222_3333", "010·2222·3333", "010/2222/3333", "+82 10-2222-3333 (회사)", "02-111-2222 / 010-2222-3333"])("number %s", (phone) => {
    expect(readRefusedPhone(phone, () => null)).toEqual({ ids: [821022223333n], isUnread: false });
  });

  test.each([["집", true], ["02-123-4567", true], ["", false], [null, false], ["000-0000-0000", false]])("number %s names nobody", (phone, isUnread) => {
    expect(readRefusedPhone(phone, () => null)).toEqual({ ids: [], isUnread });
  });
});

test("what goes from a customer file whatever the brake (T5)", () => {
  const removalOf = (row: Partial<TargetInput>, changes: Partial<TargetRules> = {}, others: readonly TargetInput[] = [], relation?: AskedRelation): string => {
    const [answer] = select([{ ...usual, ...row }, ...others], changes, () => relation ?? null).answers;
    return answer === undefined || "exported" in answer ? "exported" : `${answer.leftOut.reason} ${answer.leftOut.removal} ${answer.leftOut.ids.join()}`;
  };
  expect(removalOf({ state: "withdrawn" })).toBe("not-live always 1001");
  expect(removalOf({ state: "notLive" })).toBe("not-live filter 1001");
  expect(removalOf({ state: "notLive", agreed: "0" })).toBe("not-live always 1001");
  expect(removalOf({ state: "notLive", agreed: null })).toBe("not-live always 1001");
  expect(removalOf({ state: "notLive", agreed: null, place: 1 })).toBe("not-live filter 1001");
  expect(removalOf({ agreed: "0", links: ["7", "1001"] })).toBe("no-consent always 7,1001");
  expect(removalOf({ agreed: null })).toBe("no-consent always 1001");
  expect(removalOf({ agreedAt: null })).toBe("no-consent-date always 1001");
  expect(removalOf({}, {}, [{ ...usual, agreed: "0" }])).toBe("refused-elsewhere always 1001");
  expect(removalOf({ night: "0" }, { night: true })).toBe("no-night-consent always 1001");
  expect(removalOf({ night: null }, { night: true })).toBe("no-night-consent filter 1001");
  expect(removalOf({ agreedAt: "2020-01-01" }, { excludeOverdue: true })).toBe("overdue filter 1001");
  expect(removalOf({ birthdate: "2020-01-01" })).toBe("under-14 always 1001");
  expect(removalOf({ birthdate: null })).toBe("age-unknown filter 1001");
  expect(removalOf({ phone: "02" }, { idType: "phone" })).toBe("bad-phone filter ");
  expect(removalOf({ fields: ["bad"] })).toBe("bad-value filter 1001");
  expect(removalOf({ inSegment: false })).toBe("outside-segment filter 1001");
  expect(removalOf({}, {}, [], "blocked")).toBe("blocked-channel always 1001");
  expect(removalOf({}, {}, [], "unknown")).toBe("unknown-relation filter 1001");
});

test("notices are counted of those exported, and of those left out for them alone", () => {
  const rows = ["2026-03-01", "2024-12-01", "2024-01-01", "2023-01-01"].map((agreedAt, at) => ({ ...usual, agreedAt, links: [String(at + 1)] }));
  const outside = { ...usual, agreedAt: "2020-01-01", links: ["9"], inSegment: false };
  expect(select([...rows, outside]).counts).toMatchObject({ exported: 4, overdue: 2, due: 1 });
  expect(select([...rows, outside], { excludeOverdue: true }).counts).toMatchObject({ exported: 2, overdue: 2, due: 1, leftOut: { overdue: 3 } });
});

describe("random rows", () => {
  const pick = <Value,>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);
  const row: fc.Arbitrary<TargetInput> = fc.record({
    place: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    memberId: fc.nat(10_000).map(String),
    state: pick("live" as const, "live" as const, "live" as const, "notLive" as const, "withdrawn" as const),
    agreed: pick<string | null>("1", "1", "Y", "2026-01-01", "0", "N", null, "", "??"),
    agreedAt: pick<string | null>("2026-03-01", "2026-03-01", "2024-12-01", "2024-02-29", null, "2030-01-01"),
    reconfirmedAt: pick<string | null>(null, "2026-01-01", "x"),
    night: pick<string | null>("1", "1", "0", null),
    links: fc.array(pick("1", "2", "3", "4", "5", "9223372036854775807", "01", "x"), { maxLength: 2 }),
    phone: pick<string | null>("010-2222-3333", "+82 10-2222-3333", "01033334444", "+12025550143", "02-123", null),
    birthdate: pick<string | null>("1990-01-01", "1990-01-01", "2015-01-01", null),
    inSegment: pick(true, true, false),
    fields: fc.array(pick<string | null>("a", "a", null, "bad"), { minLength: 1, maxLength: 1 }),
  });
  const setting = fc.record({ idType: pick("app" as const, "phone" as const), night: fc.boolean(), excludeOverdue: fc.boolean(), ageUnknown: pick("leave-out" as const, "export" as const, "not-asked" as const) });
  const relations = fc.option(fc.dictionary(pick("1", "2", "3", "4", "5"), pick<AskedRelation>("added", "blocked", "none")), { nil: null });
  const tables = (rows: readonly TargetInput[]): TargetInput[] => rows.map((one) => (one.place === 0 ? one : { ...one, state: "notLive" as const, agreed: null, agreedAt: null, night: null })).sort((left, right) => left.place - right.place);

  test("add up; nobody goes whom any row refuses; and a plain reading of the rules says the same", () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), setting, relations, (drawn, changes, said) => {
        const rows = tables(drawn);
        const ask = said === null ? undefined : (id: string | null): AskedRelation => (id === null ? "unknown" : (said[id] ?? "unknown"));
        const { answers, counts } = select(rows, changes, ask);
        expect(answers.map(reasonOf)).toEqual(plainly(rows, { ...rules, ...changes }, ask));
        expect(counts.members).toBe(rows.length);
        expect(counts.exported + Object.values(counts.leftOut).reduce((sum, count) => sum + count, 0)).toBe(rows.length);
        expect(Object.keys(counts.leftOut)).toEqual(LEFT_OUT.filter((reason) => counts.leftOut[reason] !== undefined));
        const exported = answers.flatMap((answer) => ("exported" in answer ? [answer.exported.id] : []));
        expect(new Set(exported).size).toBe(exported.length);
        const refused = new Set(rows.filter((one) => says(one.agreed) === "no" || (changes.night && says(one.night) === "no")).flatMap((one) => idsOf(one, changes.idType)));
        expect(exported.filter((id) => refused.has(String(id)))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What the values of this test mean, said a second time and on purpose otherwise than in the source. */
function says(value: string | null): "yes" | "no" | "nothing" {
  if (value === null || value === "") return "nothing";
  return ["1", "Y", "2026-01-01"].includes(value) ? "yes" : "no";
}

const numbers: Readonly<Record<string, string>> = { "010-2222-3333": "821022223333", "+82 10-2222-3333": "821022223333", "01033334444": "821033334444", "+12025550143": "foreign-phone", "02-123": "bad-phone" };

function idsOf(row: TargetInput, idType: "app" | "phone"): readonly string[] {
  if (idType === "app") return row.links.filter((link) => link !== "x").map((link) => link.replace(/^0+/, ""));
  const number = numbers[row.phone ?? ""] ?? "";
  return /^82/.test(number) ? [number] : [];
}

/** The rules of T2 as a list of questions, each asked anew of all rows. */
function plainly(rows: readonly TargetInput[], { idType, night, excludeOverdue, ageUnknown }: TargetRules, ask?: (id: string | null) => AskedRelation): readonly string[] {
  const refuses = (row: TargetInput): boolean => says(row.agreed) === "no" || (night && says(row.night) === "no");
  const taken = new Set<string>();
  return rows.map((row) => {
    const ids = idsOf(row, idType);
    const links = row.links.filter((link) => link !== "x" && !link.startsWith("0")).sort((left, right) => (BigInt(left) < BigInt(right) ? -1 : 1));
    const id = idType === "app" ? links[0] : ids[0];
    const others = rows.filter((other) => other !== row && refuses(other));
    // The two years of 2024-02-29 are over, unless 2026-01-01 reconfirmed it.
    const isOverdue = row.agreedAt === "2024-02-29" && row.reconfirmedAt !== "2026-01-01";
    const number = numbers[row.phone ?? ""];
    const questions: readonly (readonly [LeftOut, boolean])[] = [
      ["not-live", row.state !== "live"],
      ["no-consent", says(row.agreed) !== "yes"],
      ["no-consent-date", row.agreedAt === null || row.agreedAt.startsWith("2030")],
      // Who refuses at night is told that, also where another row refuses, too.
      ["refused-elsewhere", !refuses(row) && others.some((other) => idsOf(other, idType).some((one) => ids.includes(one)))],
      ["no-night-consent", night && says(row.night) !== "yes"],
      ["overdue", excludeOverdue && isOverdue],
      ["under-14", ageUnknown !== "not-asked" && row.birthdate?.startsWith("2015") === true],
      ["age-unknown", ageUnknown === "leave-out" && row.birthdate === null],
      ["no-phone", idType === "phone" && row.phone === null],
      ["bad-phone", idType === "phone" && number === "bad-phone"],
      ["foreign-phone", idType === "phone" && number === "foreign-phone"],
      ["no-kakao-id", idType === "app" && id === undefined],
      ["duplicate", taken.has(id ?? "")],
      ["bad-value", row.fields.includes("bad")],
      ["outside-segment", !row.inSegment],
      ["blocked-channel", ask?.(links[0] ?? null) === "blocked"],
      ["unknown-relation", ask?.(links[0] ?? null) === "unknown"],
    ];
    const reason = questions.find(([, applies]) => applies)?.[0];
    if (reason !== undefined) return reason;
    taken.add(id ?? "");
    return `exported ${id}`;
  });
}
