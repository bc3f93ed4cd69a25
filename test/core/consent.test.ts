import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checklist } from "../../src/core/consent/checklist.ts";
import { addBusinessDays, addMonths, daysBetween, isBusinessDay, isDay } from "../../src/core/consent/days.ts";
import { diffConsent } from "../../src/core/consent/diff.ts";
import type { Patch } from "./consent-cases.ts";
import { audit, consentOf, inputOf } from "./consent-file.ts";
import { auditConsent } from "../../src/core/consent/audit.ts";
import { describeFinding } from "../../src/messages/consent.ts";

describe("days", () => {
  it.each(["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20260101", "2026-04-31", ""])("%j is no day", (text) => expect(isDay(text)).toBe(false));
  it.each(["2024-02-29", "2026-12-31", "1970-01-01"])("%s is a day", (text) => expect(isDay(text)).toBe(true));

  it.each([
    ["2026-11-02", 1, [], "2026-11-03"],
    ["2026-11-06", 1, [], "2026-11-09"],
    ["2026-11-07", 3, [], "2026-11-11"],
    ["2026-11-02", 5, [], "2026-11-09"],
    // 9 October is a holiday each year, 24 to 26 September 2026 is 추석.
    ["2026-10-08", 1, [], "2026-10-12"],
    ["2026-09-23", 3, [], "2026-09-28"],
    ["2026-09-23", 3, ["2026-09-24", "2026-09-25"], "2026-09-30"],
    ["2026-12-31", 1, [], "2027-01-04"],
  ] as const)("after %s, %i business days without %j are %s", (from, count, holidays, to) => expect(addBusinessDays(from, count, holidays)).toBe(to));

  it("knows week-ends, the fixed holidays and those it is told", () => {
    expect(isBusinessDay("2026-11-02", [])).toBe(true);
    expect(isBusinessDay("2026-11-02", ["2026-11-02"])).toBe(false);
    expect(isBusinessDay("2026-12-25", [])).toBe(false);
    expect(isBusinessDay("2026-11-01", [])).toBe(false);
  });

  it("adds months up to the last day there is", () => {
    expect(addMonths("2025-11-30", 3)).toBe("2026-02-28");
    expect(addMonths("2026-08-02", 3)).toBe("2026-11-02");
    expect(addMonths("2026-12-15", 3)).toBe("2027-03-15");
  });

  it("counts across months and back", () => {
    expect(daysBetween("2026-02-28", "2026-03-01")).toBe(1);
    expect(daysBetween("2026-03-01", "2026-02-28")).toBe(-1);
  });
});

describe("findings", () => {
  it("stand in the order of the file", () => {
    const found = audit("shop", { "console.login": false, "application.decided": "2026-09-04", "service.leaving.unlinks": false });
    expect(found.map(({ rule }) => rule)).toEqual(["C-APP-27", "C-CON-01", "C-CON-20"]);
    expect(found.map(({ line }) => line)).toEqual([...found.map(({ line }) => line)].sort((left, right) => left - right));
  });

  it("name the line of what is wrong", () => {
    const [found] = auditConsent(inputOf("console:\n  login: false\n")).filter(({ rule }) => rule === "C-CON-01");
    expect(found).toMatchObject({ file: "kakao-sync.consent.yaml", line: 2, level: "error", who: "editor", stage: "before-launch", source: { document: "prerequisites" } });
    if (found !== undefined) {
      expect(describeFinding(found)).toEqual({
        title: "Kakao Login is on",
        message: "Kakao Login is off.",
        fix: { en: "Kakao Developers > [Kakao Login]: switch it on.", ko: "카카오디벨로퍼스 > [카카오 로그인]: [사용 설정]을 ON으로 바꾸세요." },
      });
    }
  });

  it("of an empty file are that its sections are missing", () => {
    const found = auditConsent(inputOf("waive: []\n"));
    expect([...new Set(found.map(({ rule }) => rule))]).toEqual(["C-FILE-01"]);
    expect(found.map(({ data }) => data["key"]).sort()).toEqual(["console", "reviewed", "service"]);
  });

  it("do not ask for what nothing depends on", () => {
    const keys = (base: string, patch: Patch): unknown[] => audit(base, patch).filter(({ rule }) => rule === "C-FILE-01").map(({ data }) => data["key"]);
    expect(keys("applying", { "service.signUp.identityVerification": undefined, "console.channelConsent": undefined })).toEqual([]);
    expect(keys("shop", { "service.signUp.identityVerification": undefined, "console.channelConsent": undefined })).toEqual(["console.channelConsent", "service.signUp.identityVerification"]);
  });

  it("tell of a review that ends too late, also when it is overdue", () => {
    const launch = (patch: Patch): unknown[] => audit("applying", patch).filter(({ rule }) => rule === "C-APP-22").map(({ data }) => data);
    const submitted: Patch = { "application.permissions": { terms: "submitted", items: "submitted" } };
    expect(launch({ ...submitted, "application.submitted": "2026-10-30", "application.launch": "2026-11-06" })).toEqual([{ launch: "2026-11-06", earliest: "2026-11-04", latest: "2026-11-06" }]);
    expect(launch({ ...submitted, "application.submitted": "2026-10-30", "application.launch": "2026-11-07" })).toEqual([]);
    expect(launch({ ...submitted, "application.submitted": "2026-10-01", "application.launch": "2026-11-02" })).toMatchObject([{ latest: "2026-11-02" }]);
    expect(launch({ "application.permissions": { terms: "approved", items: "approved" }, "application.launch": "2026-10-01" })).toEqual([]);
  });

  it("leave an earlier approval standing while something further is applied for", () => {
    const rules = audit("shop", { "application.permissions": { terms: "draft", items: "draft" }, "console.simpleSignUp": false, "application.launch": undefined }).map(({ rule }) => rule);
    expect(rules).toContain("C-CON-07");
    expect(rules).not.toContain("C-TERM-22");
  });

  it("do not ask for what Kakao answered", () => {
    const patch: Patch = { "console.items": undefined, "console.terms": undefined };
    expect(audit("shop", patch).map(({ data }) => data["key"])).toEqual(expect.arrayContaining(["console.items", "console.terms"]));
    const live = { sampled: 1, kakaoSyncUsers: 1, items: [{ id: "name", using: true, agreed: 1, revocable: 0, withValue: 1 }], terms: [] };
    expect(audit("shop", patch, { live }).filter(({ rule }) => rule === "C-FILE-01")).toEqual([]);
  });

  it("are found by Kakao's answer alone", () => {
    const live = { sampled: 2, kakaoSyncUsers: 2, items: [{ id: "gender", using: true, agreed: 2, revocable: 0, withValue: 2 }, { id: "birthday", using: true, agreed: 0, revocable: 0 }] };
    const rules = audit("shop", { "console.items": undefined }, { live }).filter(({ item }) => item === "gender").map(({ rule }) => rule);
    expect(rules).toEqual(["C-ITEM-05", "C-ITEM-12", "C-APP-17"]);
  });
});

/** Every place of a value, itself not counted. */
function listPaths(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...listPaths(inner, [...at, key])]);
}

function without<T>(value: T, [step = "", ...rest]: readonly string[]): T {
  if (Array.isArray(value)) return value.flatMap((inner: unknown, at) => (String(at) !== step ? [inner] : rest.length === 0 ? [] : [without(inner, rest)])) as T;
  const entries = Object.entries(value as object).flatMap(([key, inner]) => (key !== step ? [[key, inner]] : rest.length === 0 ? [] : [[key, without(inner, rest)]]));
  return Object.fromEntries(entries) as T;
}

describe.each(["shop", "applying", "example", "guide-2019"])("%s without any one value", (fixture) => {
  const input = inputOf(readFileSync(`fixtures/consent/${fixture}.yaml`, "utf8"));
  // Without `waive`, `newItems` or `holidays` it is no checked file: the schema fills them in. What a list entry needs is checked too.
  const optional = listPaths(input.consent).filter((path) => !/^(waive|newItems|application\.holidays)$|\.(consent|for|calls|file|id)$|documents\.\d+\.kind$|^waive\./.test(path.join(".")));

  it("is asked every rule to the end, and every finding can be told", () => {
    expect(optional.length).toBeGreaterThan(40);
    for (const path of optional) {
      for (const finding of auditConsent({ ...input, consent: without(input.consent, path) })) {
        expect(describeFinding(finding).message, path.join(".")).not.toMatch(/[{}]|undefined|NaN|\[object/);
      }
    }
  });
});

describe("waivers", () => {
  const broken: Patch = { "console.items.gender": "optional", "console.items.profile": "optional" };
  const waive = (waiver: object): Patch => ({ ...broken, waive: [{ rule: "C-ITEM-12", reason: "for the autumn campaign", until: "2026-11-02", ...waiver }] });
  const waivedItems = (patch: Patch): unknown[] => audit("shop", patch).filter(({ rule, waived }) => rule === "C-ITEM-12" && waived !== undefined).map(({ item }) => item);

  it("cover a rule", () => expect(waivedItems(waive({}))).toEqual(["gender", "profile"]));
  it("cover one item of it", () => expect(waivedItems(waive({ item: "gender" }))).toEqual(["gender"]));
  it("cover nothing once they have expired, and are findings themselves", () => {
    expect(waivedItems(waive({ until: "2026-11-01" }))).toEqual([]);
    expect(audit("shop", waive({ until: "2026-11-01" })).map(({ rule }) => rule)).toContain("C-FILE-02");
  });
  it("keep what they cover, with reason and date", () => {
    expect(audit("shop", waive({})).find(({ rule }) => rule === "C-ITEM-12")).toMatchObject({ level: "warning", waived: { reason: "for the autumn campaign", until: "2026-11-02" } });
  });
});

describe("the example application of the guide of 2019", () => {
  const found = audit("guide-2019").filter(({ rule }) => rule !== "C-FILE-01");
  const said = found.map(({ rule, item, path }) => [rule, item ?? path.join(".")].join(" "));

  it("lacks reasons and evidence, and shows what has changed since", () => {
    expect(said).toEqual([
      "C-APP-03 birthyear",
      "C-APP-03 phone_number",
      "C-APP-04 application.documents",
      "C-APP-01 phone_number",
      "C-APP-01 birthyear",
      "C-ITEM-22 profile",
      "C-TERM-22 console.terms",
      "C-TERM-06 service_20190311",
    ]);
  });
});

describe("checklist", () => {
  it("groups what is to be done by stage and by who may do it, errors first", () => {
    const findings = audit("applying", { "console.login": false, "application.items.name.consent": "off", "console.channels.0.business": false, "service.trades": ["mail-order", "health-food"], "application.documents.5": { kind: "plan", file: "plan.gif", size: "1KB" } });
    const parts = checklist(findings).map(({ stage, who, findings: found }) => [stage, who, found.map(({ rule }) => rule)]);
    expect(parts).toEqual([
      ["before-review", "editor", ["C-APP-05", "C-APP-12"]],
      ["before-review", "channel-master", ["C-APP-09", "C-CON-09"]],
      ["before-launch", "editor", ["C-CON-01", "C-ITEM-25"]],
    ]);
  });

  it("leaves out notes and what is waived", () => {
    const found = audit("shop", { "console.app.platforms": [], "console.login": false, waive: [{ rule: "C-CON-01", reason: "maintenance", until: "2026-11-30" }] });
    expect(found.map(({ rule }) => rule)).toEqual(["C-CON-24", "C-CON-01"]);
    expect(checklist(found)).toEqual([]);
  });
});

describe("diffConsent", () => {
  const changes = (patch: Patch): string[] => diffConsent(consentOf("shop"), consentOf("shop", patch)).map(({ kind, item, from, to, review }) => [kind, item, from, to, review].join(" "));

  it("says nothing of the same file", () => expect(diffConsent(consentOf("shop"), consentOf("shop"))).toEqual([]));

  it.each<[string, Patch, string]>([
    ["a new item needs a review", { "console.items.gender": "optional" }, "item-added gender off optional yes"],
    ["a new item without a review needs none", { "console.items.profile_image": "optional" }, "item-added profile_image off optional no"],
    ["an item that is not known may need one", { "console.items.zodiac_sign": "optional" }, "item-added zodiac_sign off optional yes"],
    ["optional to required needs a review", { "console.items.birthday": "required" }, "item-stronger birthday optional required yes"],
    ["required to optional needs none", { "console.items.name": "optional" }, "item-weaker name required optional no"],
    ["switching off needs none", { "console.items.name": "off" }, "item-removed name required off no"],
    ["taking out is switching off", { "console.items.name": undefined }, "item-removed name required off no"],
    ["optional to in use needs none", { "console.items.birthday": "in-use" }, "item-stage birthday optional in-use no"],
    ["a term that is required now needs a review", { "console.terms.3.required": true }, "term-flag marketing_20260901 optional required yes"],
    ["a new title needs a review", { "console.terms.0.title.ko": "이용약관" }, "term-title service_20260901 서비스 이용약관 / Terms of Service 이용약관 / Terms of Service yes"],
    ["a new text needs a review", { "console.terms.0.text": "v8" }, "term-text service_20260901 https://shop.example/terms v7 https://shop.example/terms v8 yes"],
    ["taking a term out needs none", { "console.terms.4": undefined }, "term-removed night_20260901 on off no"],
    ["the age term needs a review", { "console.ageTerm": false }, "age-term  on off yes"],
  ])("%s", (_what, patch, change) => expect(changes(patch)).toEqual([change]));

  it("a required e-mail needs a business app, but no review", () => {
    const before = consentOf("shop", { "console.items.account_email": "optional" });
    expect(diffConsent(before, consentOf("shop"))).toMatchObject([{ kind: "item-stronger", item: "account_email", review: "business", at: ["console", "items", "account_email"] }]);
  });

  it("tells a new term, and a new order apart from it", () => {
    const added = { tag: "events_20261001", required: false, title: { ko: "행사", en: "Events" } };
    expect(changes({ "console.terms.5": added })).toEqual(["term-added events_20261001 off on yes"]);
    const swapped = diffConsent(consentOf("shop"), consentOf("shop", { "console.terms.3.tag": "night_20260901", "console.terms.4.tag": "marketing_20260901" }));
    expect(swapped.map(({ kind }) => kind)).toContain("term-order");
  });

  it("compares what is applied for where nothing is said of the console", () => {
    const without: Patch = { "console.items": undefined };
    expect(diffConsent(consentOf("applying", without), consentOf("applying", { ...without, "application.items.name.consent": "optional" }))).toMatchObject([{ kind: "item-weaker", item: "name", review: "no" }]);
  });
});
