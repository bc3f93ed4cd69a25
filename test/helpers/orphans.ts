import { expect } from "vitest";
import type { LoadedUser } from "../../src/simulator/users.ts";
import { type MemberValues, openService, type ConfigChanges, type PersonValues, type RanJson, type Service, type ServiceSetup } from "./service.ts";

export interface OrphansSetup {
  /** Kakao users that nobody holds: ids 5001 and on, linked a day apart, the lowest the longest. */
  readonly orphans?: number;
  /** Live members with their links: ids 1001 and on. */
  readonly linked?: number;
  readonly members?: readonly MemberValues[];
  readonly users?: Readonly<Record<string, PersonValues>>;
  readonly config?: ConfigChanges;
  readonly simulator?: ServiceSetup["simulator"];
}

/** A service with orphans, whose limits let all of them go; ids are fixed. */
export async function openOrphans({ orphans = 3, linked = 4, members = [], users = {}, config = {}, simulator = {} }: OrphansSetup = {}): Promise<Service> {
  const { limits = {}, kakao = {}, ...other } = config as { limits?: ConfigChanges; kakao?: ConfigChanges };
  const service = await openService({
    members: [...Array.from({ length: linked }, (_, at) => ({ id: at + 1, link: String(1001 + at), phone: phoneOf(at) })), ...members],
    users: { ...Object.fromEntries(Array.from({ length: linked }, (_, at) => [String(1001 + at), { phone: phoneOf(at) }])), ...users },
    config: {
      kakao: { app: { fixedIds: true, autoLink: true }, ...kakao },
      limits: { requestsPerSecond: 100, unlink: { share: 1, count: 10_000, nightly: 10_000 }, clear: { share: 1, count: 10_000 }, ...limits },
      ...other,
    },
    ...(simulator === undefined ? {} : { simulator }),
  });
  for (let at = 0; at < orphans; at += 1) service.simulator.users.load([orphanOf(at)]);
  return service;
}

/** The n-th orphan as the simulator takes it. */
export function orphanOf(at: number): LoadedUser {
  const linked = new Date(Date.parse("2024-01-01T00:00:00Z") + at * 86_400_000).toISOString().replace(".000", "");
  return { id: String(5001 + at), connected_at: linked, synched_at: linked, kakao_account: { phone_number_needs_agreement: false, phone_number: `+82 10-7${String(at).padStart(3, "0")}-1357` } };
}

function phoneOf(at: number): string {
  return `010-2${String(at).padStart(3, "0")}-2468`;
}

/** Makes a plan and answers its run. */
export async function planOrphans(service: Service, ...flags: readonly string[]): Promise<string> {
  const planned = await service.json("unlink-orphans", ...flags);
  expect(planned).toMatchObject({ code: 0, error: { code: "", message: "" } });
  return planned.id;
}

/** Carries a plan out without a terminal. */
export function applyOrphans(service: Service, run: string, ...flags: readonly string[]): Promise<RanJson> {
  return service.json("unlink-orphans", "--apply", "--plan", run, "--yes", "--operator", "tester", ...flags);
}

/** Ids that the simulator was asked to unlink, in order, with what it answered. */
export function unlinkCalls(service: Service): readonly (readonly [string, number])[] {
  return service.simulator.requests.find({ path: "/v1/user/unlink" }).map(({ parameters, status }) => [parameters["target_id"] ?? "", status]);
}
