import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openOrphans, planOrphans } from "../helpers/orphans.ts";
import { openService, type Service } from "../helpers/service.ts";

const people = { members: [{ id: 1, phone: "01022220001", link: "1001" }], users: { 1001: { phone: "01022220001" } } };
const nobody = { env: { KAKAO_SYNC_OPERATOR: undefined } };

interface Entry {
  readonly event: string;
  readonly command: string;
  readonly operator: string;
  readonly code?: string;
}

async function readEntries(service: Service): Promise<readonly Entry[]> {
  return ((await service.json("runs", "audit")).json["record"] as readonly { readonly entry: Entry }[]).map(({ entry }) => entry);
}

describe("without a terminal nobody is responsible until named", () => {
  test.each([
    "pull",
    "pull --diff",
    "map-members",
    "map-members --check",
    "map-members --apply --yes",
    "unlink-orphans",
    "unlink-orphans --apply --yes",
    "undo RUN --apply --yes",
    "audit-consent --live",
    "audit-consent --init --live",
    "audit-consent --needs-consent ask.csv",
    "runs consents RUN --to consents.csv",
    "runs abandon RUN",
    "purge --snapshots --apply --yes",
  ])("%s is refused before Kakao is asked, and the refusal is on record", async (line) => {
    const service = await openOrphans();
    const run = await planOrphans(service);
    service.simulator.requests.clear();
    const refused = await service.runWith(nobody, ...line.replace("RUN", run).split(" "), "--json");
    expect([refused.code, (JSON.parse(refused.out) as { error: { code: string; hint: string } }).error]).toMatchObject([3, { code: "operator-missing", hint: expect.stringContaining("KAKAO_SYNC_OPERATOR") as string }]);
    expect(service.simulator.requests.count()).toBe(0);
    expect((await readEntries(service)).at(-1)).toMatchObject({ event: "refused", code: "operator-missing", operator: "?" });
  });

  test.each(["runs", "runs show RUN", "runs audit", "explain --kakao 5001", "doctor", "purge", "audit-consent --rules", "help"])("%s only looks, and asks for no name", async (line) => {
    const service = await openOrphans();
    const run = await planOrphans(service);
    expect((await service.runWith(nobody, ...line.replace("RUN", run).split(" "))).code).toBe(0);
  });

  test("whoever approves is named by --as", async () => {
    const service = await openService({ ...people, config: { matching: { phone: "alone" } } });
    const { publicKey } = JSON.parse((await service.runWith(nobody, "approve", "--init", "--as", "lee", "--key", "lee.pem", "--json")).out) as { publicKey: string };
    service.configure({ matching: { phone: "alone" }, approvers: { lee: publicKey } });
    const { id } = await service.json("map-members");
    expect((await service.runWith(nobody, "approve", id, "--as", "lee", "--key", "lee.pem", "--yes")).code).toBe(0);
    expect((await readEntries(service)).at(-1)).toMatchObject({ event: "approved", operator: "lee", approver: "lee" });
  });
});

describe("the name that stands on the record", () => {
  const nameOf = async (flags: readonly string[], env: Readonly<Record<string, string | undefined>>, typed?: string): Promise<string | undefined> => {
    const service = await openService(people);
    expect(await service.runWith({ env, ...(typed === undefined ? {} : { typed }) }, "pull", ...flags)).toMatchObject({ code: 0 });
    return (await readEntries(service)).at(-1)?.operator;
  };

  test("is that of the flag before that of the environment, and of the account only at a terminal", async () => {
    expect(await nameOf(["--operator", "kim"], { KAKAO_SYNC_OPERATOR: "cron" })).toBe("kim");
    expect(await nameOf([], { KAKAO_SYNC_OPERATOR: " cron ", USER: "root" })).toBe("cron");
    expect(await nameOf([], { KAKAO_SYNC_OPERATOR: "cron", USER: "root" }, "")).toBe("cron");
    expect(await nameOf([], { KAKAO_SYNC_OPERATOR: undefined, USER: "root", SUDO_USER: "lee" }, "")).toBe("lee");
    expect(await nameOf([], { KAKAO_SYNC_OPERATOR: "", USER: "root" }, "")).toBe("root");
    expect(await nameOf(["--operator", "김하늘 (운영팀)"], {})).toBe("김하늘 (운영팀)");
  });

  test.each([["", "is empty"], ["  ", "is empty"], ["kim\nlee", "cannot be printed"], ["kim\u001b[2K", "cannot be printed"], ["kim\u202elee", "cannot be printed"], ["k".repeat(101), "longer than 100"]])("cannot be %j", async (name, why) => {
    const service = await openService(people);
    const refused = await service.json("pull", "--operator", name);
    expect([refused.code, refused.error]).toMatchObject([2, { code: "usage", message: expect.stringContaining(why) as string }]);
    if (name.trim() === "") return;
    expect(await service.runWith({ env: { KAKAO_SYNC_OPERATOR: name } }, "pull")).toMatchObject({ code: 2, err: expect.stringContaining("KAKAO_SYNC_OPERATOR") as string });
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });

  test.each(["SUDO_USER", "USER", "LOGNAME"])("cannot be one of the account, in %s, that cannot be printed", async (variable) => {
    const service = await openService(people);
    const account = { KAKAO_SYNC_OPERATOR: undefined, SUDO_USER: undefined, USER: undefined, LOGNAME: undefined, [variable]: "kim\u001b[2J" };
    expect(await service.runWith({ typed: "", env: account }, "pull")).toMatchObject({ code: 2, err: expect.stringContaining(`The name in ${variable} holds characters that cannot be printed`) as string });
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });

  test("an empty one in the environment is none", async () => {
    const service = await openService(people);
    expect((await service.runWith({ env: { KAKAO_SYNC_OPERATOR: " " } }, "pull")).code).toBe(3);
  });
});
