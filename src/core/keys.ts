/** Reading keys and corroborating values (product.md section 5): raw text in, comparable form or the reason of its absence out. */
export { UNUSABLE } from "./keys/unusable.ts";
export type { KeyReading, UnusableName } from "./keys/unusable.ts";
export { readCi } from "./keys/ci.ts";
export { readPhone } from "./keys/phone.ts";
export type { ForeignPhone } from "./keys/phone.ts";
export { normalizeEmail, readKakaoEmail, readMemberEmail } from "./keys/email.ts";
export { isPlaceholder, readPlaceholders } from "./keys/placeholders.ts";
export { nameScripts, readName } from "./keys/name.ts";
export { ageOn, kakaoBirthdate, readBirthdate } from "./keys/birthdate.ts";
export { parseTimeMs, readTime } from "./keys/verified.ts";
export { readDigestText } from "./keys/digest-text.ts";
export type { StoredDigest } from "./keys/digest-text.ts";
export { DIGESTED_KEYS, renderStoredForm } from "./keys/stored-form.ts";
export type { DigestedKey, StoredForm } from "./keys/stored-form.ts";
