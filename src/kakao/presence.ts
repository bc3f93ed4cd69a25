/** Where an item's value stands in `kakao_account` (kakao-api.md 3.3), by scope id; items without a value there (channel, friends, messages) are missing. */
const places: Readonly<Record<string, { readonly property: string; readonly fields: readonly string[]; readonly inProfile?: boolean }>> = {
  profile_nickname: { property: "profile", fields: ["nickname"], inProfile: true },
  profile_image: { property: "profile", fields: ["profile_image_url", "thumbnail_image_url"], inProfile: true },
  profile: { property: "profile", fields: ["nickname", "profile_image_url", "thumbnail_image_url"], inProfile: true },
  account_email: { property: "email", fields: ["email"] },
  account_ci: { property: "ci", fields: ["ci"] },
  ...Object.fromEntries(
    ["name", "age_range", "birthyear", "birthday", "gender", "phone_number", "legal_name", "legal_birth_date", "legal_gender", "is_korean"].map((name) => [name, { property: name, fields: [name] }]),
  ),
};

/** Of these items those whose value an answer about a user can show. */
export function listAnswerable(scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => places[scope] !== undefined);
}

/** The property keys that ask for these items, each once. */
export function propertyKeysFor(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes.flatMap((scope) => (places[scope] === undefined ? [] : [`kakao_account.${places[scope].property}`])))];
}

/** The items that an account has a value of. Only that: the values themselves go no further than this. */
export function listFilled(account: Readonly<Record<string, unknown>>): readonly string[] {
  const profile = account["profile"];
  const inner: Readonly<Record<string, unknown>> = typeof profile === "object" && profile !== null ? { ...profile } : {};
  const isFilled = (value: unknown): boolean => value !== undefined && value !== null && value !== "";
  return Object.entries(places).flatMap(([scope, { fields, inProfile }]) => (fields.some((field) => isFilled((inProfile === true ? inner : account)[field])) ? [scope] : []));
}
