import { expect, test } from "vitest";
import { forecastPull } from "../../src/kakao/forecast.ts";

test("60,000 users: 600 listing calls and 3,000 detail calls (kakao-api.md section 5)", () => {
  expect(
    forecastPull({ listed: 60_000, basicsNeeded: 60_000, detailsNeeded: 60_000, listingPerMinute: 100, requestsPerSecond: 10 }),
  ).toEqual({ calls: { list: 600, basics: 600, details: 3_000 }, minutes: 6 });
});

test("the slower of the two paces decides", () => {
  expect(
    forecastPull({ listed: 60_000, basicsNeeded: 0, detailsNeeded: 60_000, listingPerMinute: 100, requestsPerSecond: 2 }).minutes,
  ).toBe(25);
});

test("every started page is a call, and an empty app takes one", () => {
  const paces = { listingPerMinute: 90, requestsPerSecond: 10 };
  expect(forecastPull({ listed: 0, basicsNeeded: 0, detailsNeeded: 0, ...paces }).calls).toEqual({ list: 1, basics: 0, details: 0 });
  expect(forecastPull({ listed: 101, basicsNeeded: 101, detailsNeeded: 21, ...paces }).calls).toEqual({ list: 2, basics: 2, details: 2 });
});
