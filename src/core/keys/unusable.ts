/** Why a value is no key. Codes are stored in snapshots: append, never renumber. */
export const UNUSABLE = {
  /** Not there, or blank. */
  empty: 0,
  malformed: 1,
  placeholder: 2,
  /** An address of a relay service: whoever is behind it cannot be known. */
  relay: 3,
  /** An address that a sign-up made up (`matching.syntheticEmails`). */
  synthetic: 4,
  /** Kakao says that the address is not valid or not verified. */
  unverified: 5,
  /** An encrypted column's value that the configured program could not decrypt. */
  undecryptable: 6,
  /** The database keeps digests of a form that this value has not: a foreign number beside digits or hyphens. */
  undigestable: 7,
} as const;

export type Unusable = (typeof UNUSABLE)[keyof typeof UNUSABLE];
export type UnusableName = keyof typeof UNUSABLE;

/** A key in comparable form, or the code of why it is none. A bare union, since ten million of them are read in one go. */
export type KeyReading = string | Unusable;
