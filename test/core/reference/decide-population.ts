import Sqlite from "better-sqlite3";
import type { KakaoUser } from "../../../src/core/kakao-user.ts";
import type { KeyName } from "../../../src/core/member.ts";
import { testOptions } from "../../helpers/match.ts";
import { prepareReference, REFERENCE_TABLES, type ReferenceDecision } from "./matching-sql.ts";
import type { GeneratedMember, Population } from "./population.ts";

/** Gives populations to the reference, one after the other, in one database in memory. */
export class Reference {
  private readonly database = new Sqlite(":memory:");
  private readonly decideAll: () => ReferenceDecision[];

  constructor() {
    this.database.exec(REFERENCE_TABLES);
    this.decideAll = prepareReference(this.database);
  }

  decide(population: Population): ReferenceDecision[] {
    for (const table of ["members", "further_links", "kakao", "elsewhere", "dangling", "options", "unlinkable"]) this.database.exec(`delete from ${table}`);
    const { options } = population;
    for (const member of population.members) this.insert("members", renderMember(member, options));
    for (const user of population.users) this.insert("kakao", renderUser(user, options));
    for (const { row: { place, id, furtherLinks = [] } } of population.members) for (const link of furtherLinks) this.insert("further_links", { place, id, link });
    for (const id of population.dangling) this.insert("dangling", { kakao_id: id });
    for (const id of population.elsewhere) this.insert("elsewhere", { kakao_id: id });
    options.linkable.forEach((linkable, place) => {
      if (!linkable) this.insert("unlinkable", { place });
    });
    const { phone, email, dormant, listingComplete } = options;
    const { today } = testOptions;
    this.insert("options", { keys: options.keys.join(","), phone, email, corroborators: options.corroborators.join(","), dormant, today, listing_complete: Number(listingComplete) });
    return this.decideAll();
  }

  close(): void {
    this.database.close();
  }

  private insert(table: string, row: Readonly<Record<string, string | number | null>>): void {
    const columns = Object.keys(row);
    this.database.prepare(`insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`).run(...Object.values(row));
  }
}

type Options = Population["options"];

/** A key as the configuration leaves it; which addresses a sign-up made up is asked of members only. */
function screen(value: string | null, options: Options): string | null {
  return value !== null && options.placeholders.has(value) ? null : value;
}

function renderMember({ row, values, phoneTime, emailTime }: GeneratedMember, options: Options): Record<string, string | number | null> {
  const email = screen(values.email.comparable, options);
  return {
    place: row.place,
    id: row.id,
    state: row.state,
    blocked: Number(row.blocked),
    protected: Number(row.protected),
    link: row.link,
    ci: screen(values.ci.comparable, options),
    phone: screen(values.phone.comparable, options),
    email: email !== null && options.syntheticEmails.some((pattern) => pattern.test(email)) ? null : email,
    name: values.name.comparable,
    birthdate: values.birthdate.comparable,
    phone_verified: Number(options.phoneVerifiedAlways || phoneTime.verified),
    email_verified: Number(options.emailVerifiedAlways || emailTime.verified),
    phone_recent: Number(phoneTime.recent),
    email_recent: Number(emailTime.recent),
  };
}

function renderUser(user: KakaoUser, options: Options): Record<string, string | number | null> {
  const key = (name: KeyName): string | null => {
    const value = user[name];
    return typeof value === "string" ? screen(value, options) : null;
  };
  return { id: user.id, read: Number(user.state === "read"), ci: key("ci"), phone: key("phone"), email: key("email"), name: user.name, birthdate: user.birthdate };
}
