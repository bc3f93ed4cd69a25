import { describe, expect, test } from "vitest";
import { decideRetry, mayHaveHappened, noWaits, readRetryAfter, type CallKind, type CallOutcome, type Waits } from "../../src/kakao/retry.ts";

function refused(status: number, code: number | null, retryAfterMs: number | null = null): CallOutcome {
  return { is: "refused", status, code, retryAfterMs };
}
const unanswered: CallOutcome = { is: "unanswered", reason: "ECONNRESET" };
const kinds: readonly CallKind[] = ["read", "unlink", "write", "listing"];

/** The waits of an outcome that never changes, and how they end. */
function exhaust(outcome: CallOutcome, kind: CallKind, randomness = 0.5): { waited: number[]; end: string } {
  const waited: number[] = [];
  let waits: Waits = noWaits;
  for (;;) {
    const decision = decideRetry(waits, outcome, kind, randomness);
    if (decision.next !== "retry") return { waited, end: decision.next };
    waited.push(decision.afterMs);
    waits = decision.waits;
  }
}

describe.each(kinds)("%s", (kind) => {
  test.each([-401, -3, -5, -12])("%i stops the run at once, whatever the status", (code) => {
    for (const status of [200, 400, 401, 403, 429, 500, 503]) expect(exhaust(refused(status, code), kind)).toEqual({ waited: [], end: "stop" });
  });

  test.each([-2, -4, -6, -8, -9, -11, -101, -102, -103, -201, -402, -406, -501, -541, -544, -816, -817, -818, -819, -903])("%i fails this call at once, whatever the status", (code) => {
    for (const status of [200, 400, 403, 429, 500]) expect(exhaust(refused(status, code), kind)).toEqual({ waited: [], end: "fail" });
  });

  test("an unknown code fails this call at once", () => {
    expect(exhaust(refused(400, -777), kind)).toEqual({ waited: [], end: "fail" });
  });

  test.each([
    ["-1", refused(400, -1)],
    ["-603", refused(400, -603)],
    ["-815", refused(400, -815)],
    ["500 without a code", refused(500, null)],
    ["502 without a code", refused(502, null)],
    ["500 with an unknown code", refused(500, -777)],
    ["no answer", unanswered],
  ])("%s is repeated five times with growing waits", (_name, outcome) => {
    expect(exhaust(outcome, kind)).toEqual({ waited: [500, 1_000, 2_000, 4_000, 8_000], end: "fail" });
  });

  test.each([
    ["-7", refused(400, -7)],
    ["-9798", refused(503, -9798)],
  ])("%s, maintenance, is given a minute", (_name, outcome) => {
    expect(exhaust(outcome, kind)).toEqual({ waited: [2_000, 4_000, 8_000, 16_000, 32_000], end: "fail" });
  });

  test("a refusal without code under 5xx and 429 fails", () => {
    expect(exhaust(refused(404, null), kind)).toEqual({ waited: [], end: "fail" });
    expect(exhaust(refused(302, null), kind)).toEqual({ waited: [], end: "fail" });
  });
});

test.each([
  ["400/-10", refused(400, -10)],
  ["429/-10", refused(429, -10)],
  ["429 without a code", refused(429, null)],
])("%s: the listing waits out the minute ten times, everything else stops after three waits", (_name, outcome) => {
  expect(exhaust(outcome, "listing")).toEqual({ waited: Array.from({ length: 10 }, () => 62_500), end: "stop" });
  for (const kind of ["read", "unlink", "write"] as const) expect(exhaust(outcome, kind)).toEqual({ waited: [5_000, 15_000, 45_000], end: "stop" });
});

test("quota waits and fault waits have ceilings of their own", () => {
  expect(decideRetry({ quota: 9, faults: 0 }, unanswered, "listing", 0)).toMatchObject({ next: "retry", waits: { quota: 9, faults: 1 } });
  expect(decideRetry({ quota: 0, faults: 5 }, refused(400, -10), "read", 0)).toMatchObject({ next: "retry", waits: { quota: 1, faults: 5 } });
});

test("jitter moves a wait by a quarter and never makes a later one shorter", () => {
  expect(exhaust(unanswered, "read", 0).waited).toEqual([375, 750, 1_500, 3_000, 6_000]);
  expect(exhaust(unanswered, "read", 0.999999).waited).toEqual([625, 1_250, 2_500, 5_000, 10_000]);
  expect(exhaust(refused(429, -10), "listing", 0).waited[0]).toBe(60_000);
});

test("Retry-After makes a wait longer, never shorter, and not longer than five minutes", () => {
  expect(decideRetry(noWaits, refused(500, -1, 7_000), "read", 0.5)).toMatchObject({ afterMs: 7_000 });
  expect(decideRetry(noWaits, refused(500, -1, 1), "read", 0.5)).toMatchObject({ afterMs: 500 });
  expect(decideRetry(noWaits, refused(429, -10, 10), "listing", 0.5)).toMatchObject({ afterMs: 62_500 });
  expect(decideRetry(noWaits, refused(429, -10, 3_600_000), "listing", 0.5)).toMatchObject({ afterMs: 300_000 });
});

test("Retry-After is read as seconds or as a date", () => {
  const now = Date.parse("2026-03-02T03:00:00Z");
  expect(readRetryAfter("12", now)).toBe(12_000);
  expect(readRetryAfter("Mon, 02 Mar 2026 03:00:30 GMT", now)).toBe(30_000);
  for (const useless of [null, "", "0", "-5", "soon", "Mon, 02 Mar 2026 02:59:00 GMT"]) expect(readRetryAfter(useless, now)).toBeNull();
});

test("a write may have happened after silence and failures inside Kakao, not after a refusal", () => {
  for (const outcome of [unanswered, refused(400, -1), refused(400, -603), refused(400, -815), refused(502, null)]) expect(mayHaveHappened(outcome)).toBe(true);
  for (const outcome of [refused(400, -10), refused(429, null), refused(400, -7), refused(503, -9798), refused(400, -103)]) {
    expect(mayHaveHappened(outcome)).toBe(false);
  }
});
