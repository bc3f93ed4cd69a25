import { expect, test } from "vitest";
import { openService, usualChannel, type ConfigChanges, type MemberValues, type RanJson, type Service, type ServiceSetup } from "../helpers/service.ts";

/** Someone who may be written to; what is given changes that. */
function consenting(id: number, more: Partial<MemberValues> = {}): MemberValues {
  return { id, link: String(1000 + id), birthdate: "1990-05-17", agreed: "1", agreedAt: "2026-03-02 10:00:00", region: "서울", createdAt: "2025-11-02 23:30:00", vipLevel: "2", ...more };
}

async function open(members: readonly MemberValues[], { channel = {}, config = {}, ...setup }: Omit<ServiceSetup, "members" | "config"> & { readonly channel?: ConfigChanges; readonly config?: ConfigChanges } = {}): Promise<Service> {
  return openService({ ...setup, members, config: { channel: { ...usualChannel, ...channel }, ...config } });
}

const exportTargets = (service: Service, ...flags: readonly string[]): Promise<RanJson> => service.json("export-channel-targets", "--purpose", "spring sale", "--operator", "tester", ...flags);

/** Rows of `left-out.csv`: the reason by member id. */
const reasonsOf = (service: Service, run: string): Record<string, string> => Object.fromEntries(service.csv(run, "left-out.csv").map(({ member_id: id = "", reason = "" }) => [id, reason]));

test("exports who is live, linked and consenting, and tells one reason for each of the others", async () => {
  const service = await open([
    consenting(1),
    consenting(2, { status: "dormant" }),
    consenting(3, { agreed: "0" }),
    consenting(4, { agreedAt: "0000-00-00 00:00:00" }),
    consenting(5, { link: "x12" }),
    consenting(6, { birthdate: "2015-01-01" }),
    consenting(7, { birthdate: "" }),
    consenting(8, { region: "=1+1" }),
    consenting(9),
  ]);
  const ran = await exportTargets(service);
  expect(ran).toMatchObject({ code: 0, error: { code: "", message: "" } });
  expect(ran.json).toMatchObject({
    command: "export-channel-targets", mode: "export", members: 9, exported: 2, overdue: 0,
    leftOut: { "not-live": 1, "no-consent": 1, "no-consent-date": 1, "under-14": 1, "age-unknown": 1, "no-kakao-id": 1, "bad-value": 1 },
  });
  expect(service.file(ran.id, "targets.csv")).toBe("\uFEFF앱유저아이디,지역,가입일,vip_level\r\n1001,서울,20251102,2\r\n1009,서울,20251102,2\r\n");
  expect(reasonsOf(service, ran.id)).toEqual({ 2: "not-live", 3: "no-consent", 4: "no-consent-date", 5: "no-kakao-id", 6: "under-14", 7: "age-unknown", 8: "bad-value" });
  expect(service.csv(ran.id, "bad-values.csv")).toEqual([{ member_id: "8", field: "지역", why: "formula" }]);
});
