import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { openService, usualChannel, type ConfigChanges, type Service } from "../helpers/service.ts";

const flags = ["export-channel-targets", "--purpose", "spring sale"];
const targetsOf = (service: Service, run: string): readonly string[] => service.file(run, "targets.csv").replace("\uFEFF", "").split("\r\n").slice(1, -1);
const columns = "id, birthdate, status, kakao_id, marketing_agreed, marketing_agreed_at";

async function open(config: ConfigChanges = {}): Promise<Service> {
  return openService({ config: { channel: { ...usualChannel, fields: {} }, ...config } });
}

test("a dump of csv files, consents in a file of their own", async () => {
  const service = await openService({
    config: {
      database: { url: "csv:./dump/" },
      members: { ci: undefined, email: undefined, name: undefined, phoneVerifiedAt: undefined, emailVerifiedAt: undefined, lastLoginAt: undefined },
      channel: { ...usualChannel, fields: { 지역: "region" }, segments: { seoul: "region = '서울'" }, marketing: { table: "consents", memberId: "member", where: "kind = 'ads'", agreed: "agreed", agreedAt: "at" } },
    },
  });
  mkdirSync(service.path("dump"));
  writeFileSync(service.path("dump/members.csv"), "id,phone,birthdate,status,kakao_id,region\n1,010-2222-0001,1990-01-01,active,9007199254740993,서울\n2,,1990-01-01,active,1002,서울\n3,,1990-01-01,left,1001,서울\n4,,1990-01-01,active,1004,부산\n");
  writeFileSync(service.path("dump/consents.csv"), "member,kind,agreed,at\n1,ads,Y,2026-03-01 10:00:00\n1,sms,N,2026-03-01\n2,ads,Y,2026-03-01\n4,ads,Y,2026-03-01\n");
  const ran = await service.json(...flags, "--segment", "seoul");
  expect(ran).toMatchObject({ code: 0, json: { members: 4, exported: 2, leftOut: { "not-live": 1, "outside-segment": 1 } } });
  expect(targetsOf(service, ran.id)).toEqual(["9007199254740993,서울", "1002,서울"]);
});

test("a full disk is said as such, and nothing is left of the export", async (context) => {
  const service = await open();
  await service.change(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 30000) insert into members (${columns}) select i, '1990-01-01', 'active', 1000000000 + i, '1', '2026-03-01' from n`);
  const disk = service.path("disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k,mode=0700", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return context.skip("a small file system can be mounted only by root");
  }
  onTestFinished(() => void execFileSync("umount", ["-l", disk], { stdio: "ignore" }));
  expect(await service.json(...flags, "--to", "disk")).toMatchObject({ code: 4, error: { code: "disk-full" } });
  expect(readdirSync(disk)).toEqual([]);
  expect((await service.json("runs")).json).toMatchObject({ runs: [] });
  expect((await service.json(...flags)).json).toMatchObject({ exported: 30_000 });
});
