import { writeFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openService } from "../helpers/service.ts";

const trusting = { matching: { phone: "alone" } };
const people = Array.from({ length: 12_000 }, (_, at) => `010${20_000_000 + at}`);
const many = { members: people.map((phone, at) => ({ id: at + 1, phone })), config: trusting };
const few = { members: [{ id: 1, phone: "01022220001" }], users: { 1001: { phone: "01022220001" } }, config: trusting };

afterEach(() => {
  vi.useRealTimers();
});

/** Sets the clock to this time of day in Korea; timers stay real. */
function setClock(time: string): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(`2026-11-21T${time}:00+09:00`) });
}

describe("--until", () => {
  test.each(["25:00", "5:30", "soon", "0530"])("%s is no time of day", async (time) => {
    const service = await openService(few);
    expect((await service.json("pull", "--until", time)).error).toMatchObject({ code: "usage" });
  });

  test("a time that has just passed is not taken for tomorrow's", async () => {
    setClock("05:31");
    const service = await openService(few);
    const refused = await service.json("map-members", "--until", "05:30");
    expect([refused.code, refused.error.message]).toEqual([2, "05:30 (Korean time) has just passed: the next one is 23 hours away."]);
  });

  test("a time after midnight is the next morning's", async () => {
    setClock("22:00");
    const service = await openService(few);
    expect((await service.json("map-members", "--apply", "--yes", "--operator", "kim", "--until", "05:30")).code).toBe(0);
    expect(await service.links()).toEqual({ 1: "1001" });
  });

  test("refuses what will not fit, before anything is written", async () => {
    setClock("05:29");
    const service = await openService(many);
    writeFileSync(service.path("users.csv"), ["id,phone_number", ...people.map((phone, at) => `${5000 + at},${phone}`)].join("\n"));
    const { id } = await service.json("map-members", "--from", "users.csv");
    service.configure({ ...trusting, limits: { rowsPerSecond: 100 } });
    const refused = await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim", "--until", "05:30");
    expect([refused.code, refused.error.code, refused.error.message]).toEqual([3, "window-too-short", "Writing 12,000 links will take about 2 min; until 05:30 there are 1 min."]);
    expect(Object.values(await service.links()).every((link) => link === null)).toBe(true);
  });

  test("stops at the end of the window between two batches, exit 130, and the next night goes on", async () => {
    setClock("05:00");
    const service = await openService(many);
    writeFileSync(service.path("users.csv"), ["id,phone_number", ...people.map((phone, at) => `${5000 + at},${phone}`)].join("\n"));
    const { id } = await service.json("map-members", "--from", "users.csv");
    // The clock stands still: after the first batch the pace would be waited for without end.
    service.configure({ ...trusting, limits: { rowsPerSecond: 250 } });
    setClock("05:29");
    const apply = service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim", "--until", "05:30");
    // Not vi.waitUntil: it moves the clock on with each look.
    while (Object.values(await service.links()).every((link) => link === null)) await new Promise((wake) => setTimeout(wake, 20));
    setClock("05:30");
    const stopped = await apply;
    expect([stopped.code, stopped.error.code]).toEqual([130, "window-over"]);
    const written = Object.values(await service.links()).filter((link) => link !== null).length;
    expect(written).toBe(100);
    service.configure(trusting);
    setClock("22:00");
    expect((await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim", "--until", "05:30")).json["applied"]).toMatchObject({ done: people.length, moved: 0, failed: 0 });
  });
});
