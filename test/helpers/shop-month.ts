import { createHash } from "node:crypto";
import { randomFrom } from "../../src/simulator/random.ts";
import type { SimulatedUser } from "../../src/simulator/users.ts";
import { accountOf, type Service } from "./service.ts";

/** Somebody of the town, as nobody but the test knows them: whom an account and a member row really belong to. */
export interface Person {
  readonly key: number;
  readonly name: string;
  readonly birthdate: string;
  readonly email: string;
  readonly ci: string;
  phone: string;
  memberId: string | null;
  kakaoId: string | null;
}

/** A month of a shop: people, what they do between the nights, and who is who. */
export class ShopMonth {
  readonly people: Person[] = [];
  /** Whom each Kakao id and each member row belongs to, whether it is still there or not. */
  readonly byKakaoId = new Map<string, Person>();
  readonly byMemberId = new Map<string, Person>();
  /** Links that the shop wrote itself, at a sign-up, since they were taken from here last. */
  readonly ownLinks = new Map<string, string>();
  /** What happened, by its name: how often. */
  readonly happened: Record<string, number> = {};
  readonly #service: Service;
  readonly #random: () => number;
  #phones = 0;

  constructor(service: Service, seed: number) {
    this.#service = service;
    this.#random = randomFrom(seed);
  }

  /** People who are there as the month begins: linked, not linked, dormant, gone. */
  async settle(): Promise<void> {
    for (let at = 0; at < 70; at += 1) await this.#signUpWithKakao(true, new Date(Date.now() - (5 + this.#draw(300)) * 86_400_000));
    for (let at = 0; at < 50; at += 1) await this.#addMember(this.#addPerson(), null);
    for (let at = 0; at < 8; at += 1) await this.fallDormant();
    for (let at = 0; at < 4; at += 1) await this.withdraw();
    for (let at = 0; at < 12; at += 1) this.logInWithKakao();
  }

  /** One day's doings, at whatever time the clock shows. */
  async live(): Promise<void> {
    const doings: readonly (readonly [number, () => unknown])[] = [
      [2, () => this.#signUpWithKakao(this.#random() < 0.75)],
      [1, () => this.#addMember(this.#addPerson(), null)],
      [1.2, () => this.logInWithKakao()],
      [0.6, () => this.withdraw()],
      [0.6, () => this.unlinkAtKakao()],
      [0.4, () => this.comeBack()],
      [0.9, () => this.changeNumber()],
      [0.4, () => this.fallDormant()],
      [0.3, () => this.wakeUp()],
      [3, () => this.consent(this.#random() < 0.7)],
      [0.3, () => this.#deleteLeaver()],
      [0.3, () => this.#finishSignUp()],
    ];
    for (const [aDay, happen] of doings) {
      for (let left = aDay; left > 0; left -= 1) if (this.#random() < left) await happen();
    }
  }

  /** A member who has none logs in with Kakao; the shop's sign-in page attaches nothing: that is for the night. */
  logInWithKakao(): void {
    const person = this.#choose(({ kakaoId, memberId }) => kakaoId === null && memberId !== null);
    if (person !== undefined) this.#link(person, "log-in");
  }

  async withdraw(): Promise<void> {
    const person = await this.#chooseMember("active");
    if (person === undefined) return;
    await this.#service.change(`update members set status = 'left', last_login_at = '${sqlTime()}' where id = ${person.memberId}`);
    // Who leaves and comes again is a new member.
    person.memberId = null;
    this.#count("withdrawal");
  }

  /** In KakaoTalk, without a word to the shop. */
  unlinkAtKakao(): void {
    const person = this.#choose(({ kakaoId }) => kakaoId !== null && this.#service.simulator.users.has(kakaoId));
    if (person?.kakaoId == null) return;
    this.#service.simulator.users.unlink(person.kakaoId, "UNLINK_FROM_APPS");
    this.#count("unlink at Kakao");
  }

  comeBack(): void {
    const person = this.#choose(({ kakaoId }) => kakaoId !== null && !this.#service.simulator.users.has(kakaoId));
    if (person?.kakaoId == null) return;
    person.kakaoId = this.#service.simulator.users.relink(person.kakaoId, this.#account(person));
    this.byKakaoId.set(person.kakaoId, person);
    this.#count("back at Kakao");
  }

  /** Kakao knows the new number at once, the shop hears of it half of the time; the old number goes to a stranger who tries the shop's Kakao log-in and leaves. */
  async changeNumber(): Promise<void> {
    // Where nobody at Kakao holds the member, only the rules stand between it and the stranger.
    const withoutKakao = this.#random() < 0.6;
    const person = this.#choose(({ memberId, kakaoId }) => memberId !== null && (!withoutKakao || kakaoId === null));
    if (person === undefined) return;
    const stranger = this.#addPerson(person.phone);
    person.phone = this.#newPhone();
    if (this.#random() < 0.5) await this.#service.change(`update members set phone = '${person.phone}' where id = ${person.memberId}`);
    if (person.kakaoId !== null && this.#service.simulator.users.has(person.kakaoId)) this.#service.simulator.users.change(person.kakaoId, this.#account(person));
    if (this.#random() < 0.6) this.#link(stranger, "log-in with a recycled number");
    this.#count("number change");
  }

  async fallDormant(): Promise<void> {
    const person = await this.#chooseMember("active");
    if (person === undefined) return;
    await this.#service.change(`update members set status = 'dormant' where id = ${person.memberId}`);
    this.#count("dormant");
  }

  async wakeUp(): Promise<void> {
    const person = await this.#chooseMember("dormant");
    if (person === undefined) return;
    await this.#service.change(`update members set status = 'active' where id = ${person.memberId}`);
    this.#count("awake");
  }

  async consent(agrees: boolean): Promise<void> {
    const person = await this.#chooseMember("active");
    if (person === undefined) return;
    await this.#service.change(`update members set marketing_agreed = '${agrees ? "Y" : "N"}', marketing_agreed_at = '${sqlTime()}' where id = ${person.memberId}`);
    this.#count(agrees ? "consent" : "consent withdrawn");
  }

  /** Through Kakao; without `finishes` the shop's own side breaks off, and nobody becomes a member. */
  async #signUpWithKakao(finishes: boolean, linkedAt = new Date()): Promise<void> {
    const person = this.#addPerson();
    const id = this.#link(person, finishes ? "sign-up with Kakao" : "sign-up broken off", linkedAt);
    if (finishes) await this.#addMember(person, id);
  }

  /** Who broke off signs up without Kakao after all. */
  async #finishSignUp(): Promise<void> {
    const person = this.#choose(({ kakaoId, memberId }) => kakaoId !== null && memberId === null && this.#service.simulator.users.has(kakaoId));
    if (person === undefined) return;
    await this.#addMember(person, null);
    this.#count("sign-up finished later");
  }

  async #deleteLeaver(): Promise<void> {
    const [row] = await this.#service.rows("select id from members where status = 'left' order by last_login_at, id limit 1");
    if (row?.[0] === undefined) return;
    await this.#service.change(`delete from members where id = ${row[0]}`);
    this.#count("row deleted");
  }

  #addPerson(phone = this.#newPhone()): Person {
    const key = this.people.length + 1;
    const surname = ["김", "이", "박", "최", "정", "강", "조", "윤"][this.#draw(8)] ?? "김";
    const given = ["민준", "서연", "도윤", "지우", "하준", "수아", "은우", "지안", "시우", "하은"][this.#draw(10)] ?? "민준";
    // One in twelve is a child.
    const birthdate = `${key % 12 === 0 ? 2014 : 1955 + this.#draw(48)}${String(1 + this.#draw(12)).padStart(2, "0")}${String(1 + this.#draw(28)).padStart(2, "0")}`;
    const person: Person = { key, name: surname + given, birthdate, email: `person${key}@example.com`, ci: `${createHash("sha512").update(`person ${key}`).digest("base64").slice(0, 86)}==`, phone, memberId: null, kakaoId: null };
    this.people.push(person);
    return person;
  }

  #link(person: Person, why: string, at = new Date()): string {
    const id = this.#service.simulator.users.link({ ...this.#account(person), connected_at: at.toISOString().replace(/\.\d+/, "") });
    person.kakaoId = id;
    this.byKakaoId.set(id, person);
    this.#count(why);
    return id;
  }

  /** Six in ten have proved who they are at Kakao, and agreed to give the CI. */
  #account({ ci, key, name, phone, email, birthdate }: Person): SimulatedUser {
    const { kakao_account = {} } = accountOf({ ...(key % 10 < 6 ? { ci } : {}), name, phone, email, birthdate });
    return { kakao_account };
  }

  async #addMember(person: Person, link: string | null): Promise<void> {
    const [[next = "1"] = []] = await this.#service.rows("select max(1000 + (select count(*) from members), coalesce(max(id), 0)) + 1 from members");
    const id = String(next);
    const consents = this.#random() < 0.5 ? `'Y', '${sqlTime()}'` : "'N', null";
    // One in seven is known by an address of another shop, one in three has no CI here.
    const email = person.key % 7 === 0 ? `other${person.key}@example.net` : person.email;
    const ci = person.key % 3 === 0 ? "null" : `'${person.ci}'`;
    await this.#service.change(
      `insert into members (id, ci, phone, email, name, birthdate, verified_at, last_login_at, status, kakao_id, marketing_agreed, marketing_agreed_at, region) ` +
        `values (${id}, ${ci}, '${person.phone}', '${email}', '${person.name}', '${person.birthdate}', '${sqlTime()}', null, 'active', ${link ?? "null"}, ${consents}, 'seoul')`,
    );
    person.memberId = id;
    this.byMemberId.set(id, person);
    if (link !== null) this.ownLinks.set(id, link);
    if (link === null) this.#count("sign-up without Kakao");
  }

  async #chooseMember(status: string): Promise<Person | undefined> {
    const ids = new Set((await this.#service.rows(`select id from members where status = '${status}'`)).map(([id]) => id));
    return this.#choose(({ memberId }) => memberId !== null && ids.has(memberId));
  }

  #choose(fits: (person: Person) => boolean): Person | undefined {
    const some = this.people.filter(fits);
    return some[this.#draw(some.length)];
  }

  #newPhone(): string {
    this.#phones += 1;
    return `010${20_000_000 + this.#phones * 7919}`;
  }

  #draw(size: number): number {
    return Math.floor(this.#random() * size);
  }

  #count(what: string): void {
    this.happened[what] = (this.happened[what] ?? 0) + 1;
  }
}

/** Now, as the shop writes it. */
function sqlTime(): string {
  return new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
