import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { openService, type ConfigChanges, type RanJson, type Service } from "./service.ts";
import { ShopMonth } from "./shop-month.ts";

/** A step of the script in the runbook, with its flags. */
interface Step {
  readonly words: readonly string[];
  /** Left out once a step was refused. */
  readonly unlessRefused: boolean;
}

export const steps: readonly Step[] = [...readFileSync("docs/runbooks/nightly.md", "utf8").matchAll(/^ *(\[ -n "\$refused" \] \|\| )?step (.+)$/gm)].map(([, condition, words = ""]) => ({
  words: [...words.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain),
  unlessRefused: condition !== undefined,
}));

interface Entry {
  readonly event: string;
  readonly run?: string;
  readonly code?: string;
  readonly counts?: Readonly<Record<string, number>>;
  readonly digests?: Readonly<Record<string, string>>;
}

interface ListedRun {
  readonly run: string;
  readonly command: string;
  readonly state: string;
}

/** Members' links and Kakao's users as they were before a night. */
interface Before {
  readonly links: ReadonlyMap<string, string>;
  readonly users: ReadonlySet<string>;
  readonly entries: number;
  readonly runs: ReadonlySet<string>;
  /** Ids in the customer file. */
  readonly file: ReadonlySet<string>;
}

/** How many days a link is old before it may be ended (`--older-than` of the script). */
const olderThanMs = 3 * 86_400_000;
const clockDoubtMs = 10 * 60_000;

/** The nights of a shop, by the script of the runbook, and what must hold after each. */
export class ShopNights {
  readonly service: Service;
  readonly shop: ShopMonth;
  /** How often each kind of answer came up, over all nights. */
  readonly seen: Record<string, number> = {};
  readonly #fixedIds: boolean;
  readonly #hook: { onUnlink?: () => void };
  #before: Before | undefined;

  private constructor(service: Service, shop: ShopMonth, fixedIds: boolean, hook: { onUnlink?: () => void }) {
    this.service = service;
    this.shop = shop;
    this.#fixedIds = fixedIds;
    this.#hook = hook;
  }

  static async open(fixedIds: boolean, seed: number): Promise<ShopNights> {
    const hook: { onUnlink?: () => void } = {};
    const config: ConfigChanges = {
      members: { otherLogin: "id % 3 > 0" },
      kakao: { app: { fixedIds, autoLink: true } },
      // Of a shop this small the usual shares are less than one.
      channel: { publicId: "_Abcd", idType: "app", marketing: { agreed: "marketing_agreed", agreedAt: "marketing_agreed_at" }, fields: { 지역: "region" } },
      limits: { link: { share: 0.2, count: 100 }, unlink: { share: 0.2, count: 100 }, clear: { share: 0.2, count: 100 } },
    };
    const service = await openService({ config, simulator: { legacyIds: !fixedIds, onRequest: ({ path }) => (path === "/v1/user/unlink" ? hook.onUnlink?.() : undefined) } });
    const shop = new ShopMonth(service, seed);
    await shop.settle();
    return new ShopNights(service, shop, fixedIds, hook);
  }

  /** Everything that happens from here on is the night's doing. */
  async begin(): Promise<void> {
    const { simulator } = this.service;
    this.#before = {
      links: await this.#readLinks(),
      users: new Set(simulator.users.idsFrom(1n, false)),
      entries: (await this.#readRecord()).length,
      runs: new Set((await this.#listRuns()).filter(({ state }) => state === "applied").map(({ run }) => run)),
      file: new Set(this.#readFile().keys()),
    };
  }

  /** The script: step after step, as far as it goes; the first result that was refused, else the last one. */
  async run(signal?: AbortSignal): Promise<RanJson | undefined> {
    let last: RanJson | undefined;
    let refused: RanJson | undefined;
    for (const step of steps) {
      if (refused !== undefined && step.unlessRefused) continue;
      const words = step.words.map((word) => (word === "${refused:+--removals-only}" ? (refused === undefined ? "" : "--removals-only") : word)).filter((word) => word !== "" && !(this.#fixedIds && word === "--clear-gone"));
      last = signal === undefined ? await this.service.json(...words) : readJson(await this.service.runWith({ signal }, ...words, "--json"));
      if (last.code === 3 && words[0] !== "pull") refused ??= last;
      else if (last.code > 1) return refused ?? last;
    }
    return refused ?? last;
  }

  /** A night that somebody stops with Ctrl-C at its first unlink. */
  async runStopped(): Promise<RanJson | undefined> {
    const controller = new AbortController();
    this.#hook.onUnlink = () => controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Run the same command again." }));
    try {
      return await this.run(controller.signal);
    } finally {
      delete this.#hook.onUnlink;
    }
  }

  /** Nothing but the snapshot has changed. */
  async checkUntouched(): Promise<void> {
    const { links, users } = this.#begun();
    expect(await this.#readLinks()).toEqual(links);
    expect(new Set(this.service.simulator.users.idsFrom(1n, false))).toEqual(users);
    expect(new Set(this.#readFile().keys())).toEqual(this.#begun().file);
  }

  /** After a step was refused: no link is new, and of the customer file just those are gone who may not be written to any more. */
  async checkRemovalsOnly(): Promise<void> {
    const consenting = new Set((await this.service.rows("select kakao_id from members where status <> 'left' and marketing_agreed = 'Y' and marketing_agreed_at is not null and kakao_id is not null")).map(([id]) => id));
    expect(await this.#readLinks()).toEqual(this.#begun().links);
    expect([...this.#readFile().keys()].toSorted()).toEqual([...this.#begun().file].filter((id) => consenting.has(id)).toSorted());
  }

  /** What the runbook says of a night that has ended well. */
  async check(): Promise<void> {
    const runs = (await this.#listRuns()).filter(({ run, state }) => state === "applied" && !this.#begun().runs.has(run));
    const unlinking = runs.filter(({ command }) => command === "unlink-orphans").map(({ run }) => run);
    const mapping = runs.filter(({ command }) => command === "map-members").map(({ run }) => run);
    await this.#checkLinks(unlinking, mapping);
    await this.#checkUsers(unlinking[0] ?? "");
    await this.#checkChanges(unlinking, mapping);
    await this.#checkRecord(unlinking, mapping);
    await this.#checkFile(runs.flatMap(({ command, run }) => (command === "export-channel-targets" ? [run] : [])));
    expect(this.service.simulator.users.youngReads).toEqual([]);
  }

  /** The review sheet and the runs of the month tell the same as the nights did; snapshots are no older than the configuration lets them be. */
  async checkMonth(month: string, { nights, stops }: { readonly nights: number; readonly stops: number }): Promise<void> {
    const { json } = await this.service.json("runs", "audit", "--month", month);
    const { events, operators, refusals, ci } = json["review"] as { events: Record<string, number>; operators: Record<string, number>; refusals: Record<string, number>; ci: { received: number } };
    expect([json["brokenAt"], refusals, operators["kim"], ci.received > 0]).toEqual([null, { "run-interrupted": stops }, 2 * stops, true]);
    expect(events).toMatchObject({ "unlink-orphans interrupted": stops, "unlink-orphans applying": nights + 2 * stops, "unlink-orphans applied": nights + stops, "map-members applied": nights, "export-channel-targets applied": nights + stops, "pull pulled": nights + 2 * stops });
    const snapshots = readdirSync(this.service.path(".kakao-sync")).filter((name) => /^snapshot-\d+\.db$/.test(name)).length;
    expect([snapshots > 0, snapshots < 10]).toEqual([true, true]);
  }

  /** Every link is of the person's own account, or Kakao has it no longer, which a list says. */
  async #checkLinks(unlinking: readonly string[], mapping: readonly string[]): Promise<void> {
    const dead: string[] = [];
    for (const [member, link] of await this.#readLinks()) {
      expect(this.shop.byKakaoId.get(link), `member ${member} holds ${link}`).toBe(this.shop.byMemberId.get(member));
      if (!this.service.simulator.users.has(link)) dead.push(`${member} ${link}`);
    }
    const cleared = new Set(unlinking.flatMap((run) => this.#cleared(run)));
    const linked = new Set(mapping.flatMap((run) => this.#linked(run)).map(({ member_id: member }) => member));
    const gone = this.service.csv(unlinking[0] ?? "", "gone.csv").map(({ member_id: member = "", kakao_id: link = "" }) => `${member} ${link}`);
    const unlinked = unlinking.flatMap((run) => this.#unlinked(run)).flatMap(({ kakao_id: link = "", member_id: member = "" }) => (member === "" ? [] : [`${member} ${link}`]));
    expect(dead.toSorted()).toEqual([...new Set([...gone, ...unlinked])].filter((pair) => !cleared.has(pair) && !linked.has(pair.split(" ")[0])).toSorted());
    for (const pair of gone) this.#see(cleared.has(pair) ? "gone, cleared" : "gone, left");
  }

  /** Every user of Kakao's is held by a member who has not left, or is kept for a reason that holds. */
  async #checkUsers(run: string): Promise<void> {
    const members = await this.service.rows("select ci, phone, email, kakao_id from members where status <> 'left'");
    const held = new Set(members.map(([, , , link]) => link));
    const values = new Set(members.flatMap(([ci, phone, email]) => [ci, phone, email]).filter((value) => value !== null));
    const kept = new Map(this.service.csv(run, "plan.csv").map((row) => [row["kakao_id"], row]));
    for (const id of this.service.simulator.users.idsFrom(1n, false)) {
      if (held.has(id)) continue;
      const { kind = "", action } = kept.get(id) ?? {};
      const { connected_at: linkedAt = "", kakao_account: { ci, phone_number: phone, email } = {} } = this.service.simulator.users.get(id) ?? {};
      const isYoung = Date.parse(linkedAt) > Date.now() - olderThanMs - clockDoubtMs;
      const sharesKey = [ci, String(phone).replace("+82 ", "0"), email].some((value) => typeof value === "string" && values.has(value));
      expect({ id, action, isSo: kind === "young" ? isYoung : kind === "mappable" && sharesKey }).toEqual({ id, action: "keep", isSo: true });
      this.#see(`kept: ${kind}`);
    }
  }

  /** Links and users are as before the night, but for what its lists say. */
  async #checkChanges(unlinking: readonly string[], mapping: readonly string[]): Promise<void> {
    const { links, users } = this.#begun();
    const expected = new Map(links);
    for (const pair of unlinking.flatMap((run) => this.#cleared(run))) expect(expected.delete(pair.split(" ")[0] ?? "")).toBe(true);
    for (const run of mapping) {
      const planned = new Map(this.service.csv(run, "plan.csv").map((row) => [row["member_id"], row]));
      for (const { member_id: member = "", by = "" } of this.#linked(run)) {
        const { kakao_id: link = "", action = "" } = planned.get(member) ?? {};
        expect(this.shop.byKakaoId.get(link)).toBe(this.shop.byMemberId.get(member));
        expected.set(member, link);
        this.#see(`${action} by ${by}`);
      }
    }
    expect(await this.#readLinks()).toEqual(expected);
    const gone = unlinking.flatMap((run) => this.#unlinked(run));
    for (const { kakao_id: id = "", kind = "" } of gone) {
      expect(users.has(id)).toBe(true);
      this.#see(`unlinked: ${kind}`);
    }
    const left = new Set(users);
    for (const { kakao_id: id = "" } of gone) left.delete(id);
    expect(new Set(this.service.simulator.users.idsFrom(1n, false))).toEqual(left);
  }

  /** The record has an end of every run, with the sums and digests of its lists. */
  async #checkRecord(unlinking: readonly string[], mapping: readonly string[]): Promise<void> {
    const entries = (await this.#readRecord()).slice(this.#begun().entries);
    const endOf = (run: string): Entry => entries.find((entry) => entry.run === run && entry.event === "applied") ?? { event: "" };
    for (const run of mapping) {
      expect(endOf(run)).toMatchObject({ counts: { done: this.#linked(run).length }, digests: { "linked.csv": this.#digest(run, "linked.csv") } });
    }
    for (const run of unlinking) {
      const done = this.#unlinked(run).length;
      expect(endOf(run)).toMatchObject({ counts: { done, cleared: this.#cleared(run).length }, digests: { "unlinked.csv": this.#digest(run, "unlinked.csv") } });
    }
    for (const { run = "", digests = {} } of entries.filter(({ event }) => event === "planned" || event === "applied")) {
      const files = Object.keys(digests).filter((name) => name.endsWith(".csv"));
      expect(files.map((name) => [name, digests[name]])).toEqual(files.map((name) => [name, this.#digest(run, name)]));
    }
  }

  /** The customer file holds whom the members' table, read by this test alone, says; what it gained and lost is on record. */
  async #checkFile(uploads: readonly string[]): Promise<void> {
    const young = new Date(Date.now() + 9 * 3_600_000);
    young.setUTCFullYear(young.getUTCFullYear() - 14);
    const fourteen = young.toISOString().slice(0, 10).replaceAll("-", "");
    const rows = await this.service.rows(`select kakao_id, region from members where status = 'active' and marketing_agreed = 'Y' and marketing_agreed_at is not null and kakao_id is not null and birthdate <= '${fourteen}'`);
    const [before, after] = [this.#begun().file, this.#readFile()];
    expect(after).toEqual(new Map(rows.map(([id, region]) => [id, { 지역: region }])));
    const added = [...after.keys()].filter((id) => !before.has(id)).length;
    const removed = [...before].filter((id) => !after.has(id)).length;
    const entries = (await this.#readRecord()).slice(this.#begun().entries).filter(({ run = "", event }) => uploads.includes(run) && event === "applied");
    const sum = (what: "added" | "removed"): number => entries.reduce((total, { counts }) => total + (counts?.[what] ?? NaN), 0);
    expect([entries.length > 0, sum("added"), sum("removed")]).toEqual([true, added, removed]);
    if (added > 0) this.#see("file: added");
    if (removed > 0) this.#see("file: removed");
  }

  #readFile(): ReadonlyMap<string, unknown> {
    return new Map(this.service.simulator.files.all("_Abcd")[0]?.users.app);
  }

  #linked(run: string): readonly Readonly<Record<string, string>>[] {
    return this.service.csv(run, "linked.csv");
  }

  #unlinked(run: string): readonly Readonly<Record<string, string>>[] {
    return this.service.csv(run, "unlinked.csv").filter(({ outcome }) => outcome === "done");
  }

  #cleared(run: string): readonly string[] {
    if (!existsSync(this.service.path(`.kakao-sync/runs/${run}/cleared.csv`))) return [];
    return this.service.csv(run, "cleared.csv").flatMap(({ member_id: member = "", kakao_id: link = "", outcome }) => (outcome === "cleared" ? [`${member} ${link}`] : []));
  }

  #digest(run: string, file: string): string {
    return createHash("sha256").update(this.service.file(run, file)).digest("hex");
  }

  async #readLinks(): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.service.rows("select id, kakao_id from members where kakao_id is not null order by id")).map(([id, link]) => [id ?? "", link ?? ""]));
  }

  async #readRecord(): Promise<readonly Entry[]> {
    if (!existsSync(this.service.path(".kakao-sync"))) return [];
    const { json, code } = await this.service.json("runs", "audit");
    expect(code).toBe(0);
    return (json["record"] as readonly { readonly entry: Entry }[]).map(({ entry }) => entry);
  }

  async #listRuns(): Promise<readonly ListedRun[]> {
    return existsSync(this.service.path(".kakao-sync")) ? ((await this.service.json("runs")).json["runs"] as readonly ListedRun[]) : [];
  }

  #begun(): Before {
    if (this.#before === undefined) throw new Error("the night has not begun");
    return this.#before;
  }

  #see(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }
}

function readJson(ran: { readonly code: number; readonly out: string; readonly err: string }): RanJson {
  const json = JSON.parse(ran.out) as Record<string, unknown>;
  const { code = "", message = "", hint = "" } = (json["error"] ?? {}) as Partial<RanJson["error"]>;
  return { ...ran, json, id: String(json["run"] ?? ""), error: { code, message, hint } };
}
