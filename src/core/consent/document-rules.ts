import { addMonths } from "./days.ts";
import { isBlank, isOpen, isUndecided, listDocuments, listRequested, type PlacedDocument } from "./applied.ts";
import { hitIf } from "./look.ts";
import type { AuditInput, ConsentPath, DocumentKind, ReviewDocument } from "./model.ts";
import type { Hit, Rule } from "./rule.ts";

/** Of a document of evidence. */
const DOCUMENT_BYTES = 10 * 1024 * 1024;
const CERTIFICATE_MONTHS = 3;

const business: readonly DocumentKind[] = ["business-registration", "employment-or-identity", "mail-order", "medical-devices", "health-food"];
const documents: ConsentPath = ["application", "documents"];
const application = { who: "editor", stage: "before-review", menu: "permissions" } as const;
const evidence = { document: "guide2019", section: "2. 검수 증빙 서류 제출" } as const;
const certificates = { document: "guide2019", section: "플러스친구 비즈니스 인증: 서류 첨부" } as const;

/** Evidence for the review, and the certificates of the channel's business verification. Silent once both permissions are approved. */
export const DOCUMENT_RULES: readonly Rule[] = [
  {
    ...application, id: "C-APP-03", level: "error", source: { document: "prerequisites", section: "4. Request for the permission: confirmation document" },
    check: (input) => {
      const requested = listRequested(input);
      const proves = (id: string): boolean => listDocuments(input).some(({ document }) => ["sign-up-form", "mock-up", "plan"].includes(document.kind) && (document.for?.includes(id) ?? true));
      return requested.filter(({ id }) => !proves(id)).map(({ id }) => ({ at: documents, item: id }));
    },
  },
  {
    ...application, id: "C-APP-04", level: "error", source: evidence,
    check: (input) =>
      hitIf(isOpen(input.consent.application?.permissions?.terms) && !listDocuments(input).some(({ document }) => document.kind === "terms-screen"), documents),
  },
  {
    ...application, id: "C-APP-05", level: "error", source: evidence,
    check: (input) => listDocuments(input).filter(({ document }) => !business.includes(document.kind) && !/\.(jpe?g|png|pdf)$/i.test(document.file)).map(nameDocument),
  },
  {
    ...application, id: "C-APP-06", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    check: (input) => listDocuments(input).filter(({ document }) => business.includes(document.kind) && !/\.(jpe?g|png)$/i.test(document.file)).map(nameDocument),
  },
  {
    ...application, id: "C-APP-07", level: "error", source: evidence, needs: (input) => listDocuments(input).map(({ at }) => [...at, "size"]),
    check: (input) => listDocuments(input).filter(({ document }) => (document.size ?? 0) > DOCUMENT_BYTES).map(nameDocument),
  },
  {
    ...application, id: "C-APP-08", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    needs: (input) => listDocuments(input).filter(({ document }) => business.includes(document.kind)).map(({ at }) => [...at, "issued"]),
    check: (input) => {
      const day = input.consent.application?.submitted ?? input.today;
      return listDocuments(input)
        .filter(({ document }) => business.includes(document.kind) && document.issued !== undefined && addMonths(document.issued, CERTIFICATE_MONTHS) < day)
        .map((placed) => ({ ...nameDocument(placed), data: { document: placed.document.kind, issued: placed.document.issued ?? "", day } }));
    },
  },
  {
    ...application, id: "C-APP-09", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    needs: (input) => (isUndecided(input) && !hasChannel(input) ? [["service", "trades"]] : []),
    check: (input) =>
      listMissing(input, [...(hasChannel(input) ? [] : (["business-registration", "employment-or-identity"] as const)), ...(hasChannel(input) ? [] : (input.consent.service?.trades ?? []))]),
  },
  {
    ...application, id: "C-APP-10", level: "error", menu: "channel-business", who: "channel-master", source: certificates,
    needs: (input) => listDocuments(input).filter(({ document }) => document.kind === "employment-or-identity").map(({ at }) => [...at, "masked"]),
    check: (input) => listDocuments(input).filter(({ document }) => document.kind === "employment-or-identity" && document.masked === false).map(nameDocument),
  },
  {
    ...application, id: "C-APP-11", level: "error", source: evidence,
    check: (input) => {
      const all = listDocuments(input).filter(({ document }) => document.kind === "terms-screen");
      return all.filter(({ document }, at) => all.findIndex((other) => isForSame(other.document, document)) < at).map(nameDocument);
    },
  },
  {
    ...application, id: "C-APP-12", level: "warning", source: { document: "prerequisites", section: "4. Request for the permission: plan or design mockup instead" },
    check: (input) =>
      isBlank(input.consent.service?.signUp?.url) ? [] : listDocuments(input).filter(({ document }) => document.kind === "mock-up" || document.kind === "plan").map(nameDocument),
  },
];

function nameDocument({ document, at }: PlacedDocument): Hit {
  return { at, data: { document: document.kind } };
}

function listMissing(input: AuditInput, wanted: readonly DocumentKind[]): Hit[] {
  if (!isUndecided(input)) return [];
  const there = listDocuments(input).map(({ document }) => document.kind);
  return wanted.filter((kind) => !there.includes(kind)).map((kind) => ({ at: documents, data: { document: kind } }));
}

/** The channel is a business channel already: its certificates were looked at. */
function hasChannel({ consent }: AuditInput): boolean {
  return consent.console?.channels?.some(({ business: isBusiness }) => isBusiness === true) ?? false;
}

function isForSame(left: ReviewDocument, right: ReviewDocument): boolean {
  return (left.for ?? []).join() === (right.for ?? []).join();
}
