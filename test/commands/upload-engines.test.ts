import { expect, test } from "vitest";
import { openService, usualChannel, type Service } from "../helpers/service.ts";
import { storeEngine } from "../helpers/stores.ts";

const flags = ["export-channel-targets", "--upload", "--purpose", "spring sale"];

async function open(): Promise<Service> {
  const members = Array.from({ length: 20 }, (_, at) => ({ id: at + 1, link: String(9_007_199_254_740_993n + BigInt(at)), birthdate: "1990-05-17", agreed: "Y", agreedAt: "2026-03-02 10:00:00", region: "서울", createdAt: "2025-11-02 23:30:00", vipLevel: "2" }));
  return openService({ members, config: { channel: usualChannel } });
}

const heldBy = (service: Service): readonly string[] => [...(service.simulator.files.all()[0]?.users.app.keys() ?? [])];

test("brings a customer file to the selection, ids beyond 2^53 as they are", async () => {
  const service = await open();
  expect(await service.json(...flags, "--apply", "--yes")).toMatchObject({ code: 0, json: { upload: { added: 20, succeeded: 20 } } });
  expect(heldBy(service)).toContain("9007199254740993");
  await service.change("update members set marketing_agreed = 'N' where id = 1; update members set region = '부산' where id = 2; delete from members where id = 3");
  expect(await service.json(...flags, "--apply", "--yes")).toMatchObject({ code: 0, json: { upload: { added: 0, changed: 1, removed: 2 } } });
  expect(await service.json(...flags, "--apply", "--yes")).toMatchObject({ code: 0, json: { upload: { held: 18, same: 18, requested: 0 } } });
  expect(heldBy(service)).toHaveLength(18);
  expect(service.simulator.files.all()[0]?.users.app.get("9007199254740994")).toEqual({ 지역: "부산", 가입일: "20251102", vip_level: 2 });
});

test.runIf(storeEngine !== "sqlite")("plans at a replica, and carries out at the database itself", async () => {
  const service = await open();
  // Nobody listens there: whoever asks the replica fails.
  service.configure({ channel: usualChannel, database: { readUrl: `${storeEngine}://root@127.0.0.1:1/nobody` } });
  expect((await service.json(...flags)).code).not.toBe(0);
  expect(heldBy(service)).toHaveLength(0);
  expect(await service.json(...flags, "--apply", "--yes")).toMatchObject({ code: 0, json: { upload: { added: 20 } } });
});
