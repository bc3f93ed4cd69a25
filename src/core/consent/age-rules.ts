import { consoleConsent, hitIf, isOn, knowsConsoleItems } from "./look.ts";
import type { AuditInput, ConsentPath } from "./model.ts";
import type { Rule } from "./rule.ts";
import { lacksKind } from "./term-rules.ts";

const age = { who: "editor", stage: "before-review", menu: "simple-sign-up", needs: [["service", "under14"], ["console", "ageTerm"]] } as const;
const ageGuide = { document: "design", section: "Set service age" } as const;
const under14: ConsentPath = ["service", "under14"];
const abroad = { who: "service", stage: "before-launch", menu: "service", needs: [["service", "abroad", "transfers"]] } as const;
const abroadGuide = { document: "design", section: "Set service age: transfer out of Korea" } as const;

/** Under-14s, and personal data abroad. */
export const AGE_RULES: readonly Rule[] = [
  {
    ...age, id: "C-AGE-01", level: "error", source: ageGuide,
    check: (input) => hitIf(isRefused(input) && input.consent.console?.ageTerm === false && lacksRequiredCi(input) && !reliesOnRange(input), under14),
  },
  {
    ...age, id: "C-AGE-02", level: "error", source: { document: "underAge", section: "Accounts without a verified age pass until they verify" },
    check: (input) => hitIf(isRefused(input) && input.consent.console?.ageTerm === false && lacksRequiredCi(input) && reliesOnRange(input), ["service", "ageChecks"]),
  },
  {
    ...age, id: "C-AGE-03", level: "note", source: ageGuide,
    check: (input) => hitIf(isRefused(input) && input.consent.console?.ageTerm === true && lacksRequiredCi(input) && !checksItself(input), under14),
  },
  {
    ...age, id: "C-AGE-04", level: "error", who: "service", menu: "service", needs: [under14], source: { document: "underAge", section: "Without the setting a guardian consent flow applies" },
    check: ({ consent: { service } }) => hitIf(service?.under14 === "admitted" && service.guardianConsent !== true, service?.guardianConsent === undefined ? under14 : ["service", "guardianConsent"]),
  },
  {
    ...age, id: "C-AGE-05", level: "error", source: ageGuide,
    check: ({ consent: { console, service } }) => hitIf(service?.under14 === "admitted" && console?.ageTerm === true, ["console", "ageTerm"]),
  },
  {
    ...age, id: "C-AGE-06", level: "error", stage: "after-approval", needs: [["reviewed", "ageTerm"]], source: { document: "guide2019", section: "3. 서비스 연령 설정" },
    check: ({ consent: { console, reviewed } }) =>
      hitIf(console?.ageTerm !== undefined && reviewed?.ageTerm !== undefined && console.ageTerm !== reviewed.ageTerm, ["console", "ageTerm"], { now: word(console?.ageTerm), approved: word(reviewed?.ageTerm) }),
  },
  {
    ...abroad, id: "C-ABROAD-01", level: "error", source: abroadGuide,
    check: ({ consent: { service } }) => hitIf(service?.abroad?.transfers === true && service.abroad.notice !== true, ["service", "abroad"]),
  },
  {
    ...abroad, id: "C-ABROAD-02", level: "error", menu: "simple-sign-up", who: "editor", source: abroadGuide,
    check: (input) => hitIf(input.consent.service?.abroad?.transfers === true && lacksKind(input, "abroad"), ["service", "abroad"]),
  },
  {
    ...abroad, id: "C-ABROAD-03", level: "error", menu: "abroad", who: "editor", needs: [["service", "abroad", "business"]], source: { document: "design", section: "Transfer of Personal Information Overseas: business outside Korea" },
    check: ({ consent: { service, console } }) => hitIf(service?.abroad?.business === true && console !== undefined && console.abroad !== true, ["console", "abroad"]),
  },
  {
    ...abroad, id: "C-ABROAD-04", level: "warning", menu: "abroad", who: "editor", source: { document: "design", section: "Transfer of Personal Information Overseas: business outside Korea" },
    check: ({ consent: { service, console } }) => hitIf(service?.abroad?.transfers === false && service.abroad.business !== true && console?.abroad === true, ["console", "abroad"]),
  },
];

function isRefused({ consent }: AuditInput): boolean {
  return consent.service?.under14 === "refused";
}

function lacksRequiredCi(input: AuditInput): boolean {
  const ci = consoleConsent(input, "account_ci");
  return knowsConsoleItems(input) && ci !== "required" && ci !== "unknown";
}

function reliesOnRange(input: AuditInput): boolean {
  return input.consent.service?.ageChecks?.includes("age-range") === true || isOn(consoleConsent(input, "age_range"));
}

/** The service verifies the identity, and so the age, of everybody who signs up. */
function checksItself({ consent }: AuditInput): boolean {
  return consent.service?.ageChecks?.includes("identity-verification") ?? false;
}

function word(value: boolean | undefined): string {
  return value === true ? "on" : "off";
}
