import type { KakaoAccount } from "./account-items.ts";
import type { SeedPerson } from "./seed-people.ts";

/**
 * What a person shows of their account: each item in one of the four ways of kakao-api.md 3.3, the value with the flag
 * down, no value with the flag up (two thirds of those without a value), agreed but empty, and nothing at all.
 */
export function drawConsents(person: SeedPerson, random: () => number): KakaoAccount {
  const { birthdate } = person;
  const account: Record<string, unknown> = {};
  const draw = (present: number, item: string, values: KakaoAccount): void => {
    const rest = (random() - present) / (1 - present);
    if (rest >= 0.96) return;
    account[`${item}_needs_agreement`] = rest >= 0 && rest < 0.66;
    if (rest < 0) Object.assign(account, values);
  };
  draw(0.98, "profile_nickname", { profile: { nickname: person.name.slice(-2), is_default_nickname: false } });
  draw(0.95, "name", { name: person.name });
  draw(0.95, "email", { is_email_valid: random() < 0.97, is_email_verified: random() < 0.96, email: person.email });
  draw(0.93, "phone_number", { phone_number: person.phone });
  draw(0.85, "birthyear", { birthyear: birthdate.slice(0, 4) });
  draw(0.85, "birthday", { birthday: birthdate.slice(4), birthday_type: person.calendar, is_leap_month: person.isLeapMonth });
  draw(0.7, "gender", { gender: person.gender });
  draw(0.6, "ci", { ci: person.ci, ci_authenticated_at: "2024-08-01T00:00:00Z" });
  return account;
}
