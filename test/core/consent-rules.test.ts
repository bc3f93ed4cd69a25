import { describe, expect, it } from "vitest";
import { auditConsent } from "../../src/core/consent/audit.ts";
import { RULES } from "../../src/core/consent/catalogue.ts";
import { SOURCES } from "../../src/core/consent/sources.ts";
import { consentEn } from "../../src/messages/consent-en.ts";
import { describeFinding, textOf } from "../../src/messages/consent.ts";
import { cases, cleanLive } from "./consent-cases.ts";
import { audit, inputOf, patched } from "./consent-file.ts";

const rows = Object.entries(cases).map(([rule, row]) => ({ rule, ...row, base: row.base ?? ("shop" as const) }));
const given = (live: typeof cleanLive | undefined, uses: (typeof rows)[number]["breaksUses"]): object => ({ ...(live && { live }), ...(uses && { uses }) });

describe("the catalogue", () => {
  it("has a case that breaks and one that keeps each rule, and no case without a rule", () => {
    expect(Object.keys(cases).sort()).toEqual(RULES.map(({ id }) => id).sort());
    expect(RULES.length).toBeGreaterThanOrEqual(60);
  });

  it("uses every id once, in a known form", () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    for (const { id } of RULES) expect(id).toMatch(/^C-(FILE|ITEM|APP|TERM|AGE|ABROAD|CON|LIVE)-\d{2}$/);
  });

  it("has sentences and a source for every rule, and none without a rule", () => {
    expect(Object.keys(consentEn).sort()).toEqual(RULES.map(({ id }) => id).sort());
    for (const { source } of RULES) {
      expect(Object.keys(SOURCES)).toContain(source.document);
      expect(source.section).not.toBe("");
    }
  });

  it.each(RULES)("$id says what to do in Korean too", ({ id }) => expect(textOf(id).fix.ko).toMatch(/[가-힣]/));
});

describe("files without a fault", () => {
  it("a launched shop has no finding", () => expect(audit("shop")).toEqual([]));
  it("nor with what Kakao answers", () => expect(audit("shop", {}, { live: cleanLive })).toEqual([]));
  it("nor when the file leaves to Kakao what is on", () => expect(audit("shop", { "console.items": undefined, "console.terms": undefined }, { live: cleanLive })).toEqual([]));
  it("a shop that is about to apply has no finding", () => expect(audit("applying")).toEqual([]));
});

describe.each(rows)("$rule", ({ rule, base, breaks, keeps, at, item, breaksLive, keepsLive, breaksUses, keepsUses }) => {
  it("fires at its place, with all that its sentences need", () => {
    const input = inputOf(patched(base, breaks), given(breaksLive, breaksUses));
    const found = auditConsent(input).find((finding) => finding.rule === rule);
    expect(found).toMatchObject({ rule, ...(item === undefined ? {} : { item }) });
    if (found === undefined) return;
    expect(found.path.join(".")).toBe(at);
    expect(found.line).toBe(input.lineOf(found.path));
    const text = textOf(rule);
    const placeholders = [text.message, text.fix.en, text.fix.ko].flatMap((template) => [...template.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name = ""]) => name));
    for (const name of placeholders) expect(found.data[name], name).not.toBe(undefined);
    expect(describeFinding(found).message).not.toMatch(/[{}]|undefined/);
  });

  it("is silent on the nearest that is right", () => {
    expect(audit(base, keeps, given(keepsLive, keepsUses)).filter((finding) => finding.rule === rule)).toEqual([]);
  });
});
