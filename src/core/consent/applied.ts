import type { Application, AuditInput, ConsentPath, ReviewDocument } from "./model.ts";

/** There is an application, and not both of its permissions are approved. */
export function isUndecided({ consent: { application: asked } }: AuditInput): boolean {
  return asked !== undefined && !isApproved(asked.permissions);
}

/** Both permissions are approved. */
export function isApproved(permissions: Application["permissions"]): boolean {
  return permissions?.items === "approved" && permissions.terms === "approved";
}

/** Kakao is asked to decide. */
export function isPending(permissions: Application["permissions"]): boolean {
  return permissions?.items === "submitted" || permissions?.terms === "submitted";
}

/** A permission that is, or will be, applied for. */
export function isOpen(state: string | undefined): boolean {
  return state === "draft" || state === "submitted" || state === "rejected";
}

/** Items that are applied for and not approved yet, with their reasons. */
export function listRequested({ consent }: AuditInput): { id: string; consent: "required" | "optional" | "in-use"; purpose: string | undefined; at: ConsentPath }[] {
  const { items, purpose: general, permissions } = consent.application ?? {};
  if (permissions?.items === "approved") return [];
  return Object.entries(items ?? {}).flatMap(([id, { consent: asked, purpose }]) => (asked === "off" ? [] : [{ id, consent: asked, purpose: purpose ?? general, at: ["application", "items", id] }]));
}

/** A document with its place. */
export interface PlacedDocument {
  readonly document: ReviewDocument;
  readonly at: ConsentPath;
}

/** Documents of an application that is still open. */
export function listDocuments({ consent: { application: asked } }: AuditInput): PlacedDocument[] {
  return isApproved(asked?.permissions) ? [] : (asked?.documents ?? []).map((document, index) => ({ document, at: ["application", "documents", index] }));
}

/** True for what holds no character to be seen. */
export function isBlank(text: string | undefined): boolean {
  return text === undefined || text.trim() === "";
}
