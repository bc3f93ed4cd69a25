import type { KakaoUser } from "../kakao-user.ts";
import { DIGESTED_KEYS } from "../keys.ts";
import type { KeyName } from "../member.ts";
import { TextHash } from "../text-hash.ts";
import { compareForm } from "./kakao-side.ts";
import type { MatchingOptions } from "./options.ts";

/** What wiped users' hashes can be compared with (docs/decisions/0015-wiping.md). */
export interface Comparison {
  /** Seed of the hashes: every plan from such a snapshot takes it. */
  readonly seed: readonly [number, number];
  /** Hash of what values go through before they are hashed (`renderForm`). With another one nothing can be compared: wiped users are read again. */
  readonly form: string;
}

/** What is left of a user. */
export type Wiper = (user: KakaoUser) => KakaoUser;

type FormOptions = Pick<MatchingOptions, "placeholders" | "syntheticEmails" | "digests">;

/** Makes a comparison for these options, with a seed drawn for it. */
export function makeComparison(options: FormOptions, seed: readonly [number, number]): Comparison {
  return { seed, form: renderForm(options, seed) };
}

/** Whether hashes of that comparison are those that these options would give. */
export function fits({ seed, form }: Comparison, options: FormOptions): boolean {
  return form === renderForm(options, seed);
}

/**
 * Takes a user's details away. What later plans need of a linked user stays: for each key the hash by which it would be compared, or the code of why there is
 * none. So it still counts who shares a value (M4) and who hits whom (M7); nobody can be linked on it, since links are compared with real values.
 */
export function createWiper(options: FormOptions, { seed }: Comparison): Wiper {
  const hash = new TextHash(seed);
  const keep = (user: KakaoUser, key: KeyName): string | number => {
    const value = compareForm(user[key], key, options);
    if (typeof value === "number") return value;
    hash.read(value);
    return hash.render();
  };
  return (user) => ({ ...user, state: "wiped", ci: keep(user, "ci"), phone: keep(user, "phone"), email: keep(user, "email"), name: null, birthdate: null });
}

/** Placeholders, made-up addresses and digests decide what a value is compared as. The digest of a fixed text stands for a digest's key. */
function renderForm({ placeholders, syntheticEmails, digests }: FormOptions, seed: readonly [number, number]): string {
  const hash = new TextHash(seed);
  const digested = DIGESTED_KEYS.flatMap((key) => {
    const column = digests?.[key];
    return column === undefined ? [] : [[key, column.form, column.stored, column.digest("kakao-sync")]];
  });
  const synthetic = digests?.email === undefined ? [] : syntheticEmails.map(({ source, flags }) => [source, flags]);
  hash.read(JSON.stringify([[...placeholders].sort(), synthetic, digested]));
  return hash.render();
}
