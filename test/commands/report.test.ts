import { readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openService, type Service } from "../helpers/service.ts";

const phone = (at: number): string => `0105550${String(at).padStart(4, "0")}`;

/** A member and a Kakao user with one CI, two who share a number only, and a Kakao user nobody knows. */
async function openMapped(): Promise<Service> {
  return openService({
    members: [
      { id: 1, ci: `${"A".repeat(86)}==`, phone: phone(1), name: "김하나", birthdate: "19900101" },
      { id: 2, phone: phone(2), name: "<b>이</b>두리", birthdate: "19900202" },
      { id: 3, phone: phone(3), name: "박세리", birthdate: "19900303", link: "103" },
    ],
    users: {
      101: { ci: `${"A".repeat(86)}==`, phone: phone(1), name: "김하나", birthdate: "19900101" },
      102: { phone: phone(2), name: "최다른", birthdate: "19900202" },
      103: { phone: phone(3) },
      104: { phone: phone(4), name: "정네모", birthdate: "19900404" },
    },
  });
}

const readReport = (service: Service, run: string): string => service.file(run, "report.html");

describe("report RUN", () => {
  it("shows sides, keys, answers and the review list of a mapping plan, values masked", async () => {
    const service = await openMapped();
    await service.run("pull");
    const plan = await service.json("map-members");
    const told = await service.json("report", plan.id);
    expect(told.code).toBe(0);
    expect(told.json).toMatchObject({ command: "report", run: plan.id, of: "map-members", files: { report: `.kakao-sync/runs/${plan.id}/report.html` } });
    const page = readReport(service, plan.id);
    for (const title of ["The two sides", "Keys and their quality", "Decisions by rung and reason", "Review list", "Past runs"]) expect(page).toContain(`<h2>${title}</h2>`);
    const review = service.csv(plan.id, "review.csv");
    expect(review.length).toBeGreaterThan(0);
    for (const { reason = "?", kakao_id: id = "?" } of review) {
      expect(page).toContain(`<td>${reason}</td>`);
      expect(page).toContain(`<td>${id}</td>`);
    }
    expect(page).toContain("010-****-0002");
    expect(page).not.toMatch(/0105550|010-5550|최다른|이<\/b>|AAAAAAAA/);
    expect(statSync(service.path(`.kakao-sync/runs/${plan.id}/report.html`)).mode & 0o777).toBe(0o600);
  });

  it("counts in the page what the plan counts", async () => {
    const service = await openMapped();
    await service.run("pull");
    const plan = await service.json("map-members");
    await service.run("report", plan.id);
    const { counts } = plan.json as { counts: { linked: number; link: { ci: number }; unmatched: number; review: Record<string, number> } };
    const page = readReport(service, plan.id);
    expect(page).toContain(`link by CI ${counts.link.ci}`);
    expect(page).toContain(`Kakao users: ${counts.linked} linked`);
    expect(page).toContain(`${counts.unmatched} unmatched`);
    for (const [reason, count] of Object.entries(counts.review)) expect(page).toContain(`review ${reason} ${count}`);
  });

  it("shows kinds, ages and gone links of an unlinking plan", async () => {
    const service = await openService({
      config: { kakao: { app: { fixedIds: true, autoLink: true } } },
      members: [{ id: 1, phone: phone(1), link: "101" }, { id: 2, phone: phone(2), link: "999" }],
      users: { 101: { phone: phone(1) }, 105: { phone: phone(5) } },
    });
    const plan = await service.json("unlink-orphans");
    expect(plan.code).toBe(0);
    expect((await service.run("report", plan.id)).code).toBe(0);
    const page = readReport(service, plan.id);
    expect(page).toContain("unlink incomplete 1, keep linked 1");
    expect(page).toMatch(/up to 2 years: 1|older: 1|up to a year: 1/);
    expect(page).toContain("1 stored link, by the member who holds it");
  });

  it("writes where --to says, and needs neither the database nor Kakao", async () => {
    const service = await openMapped();
    await service.run("pull");
    const plan = await service.json("map-members");
    await service.simulator.close();
    await service.change("drop table members");
    const told = await service.json("report", plan.id, "--to", "out.html");
    expect(told.json).toMatchObject({ files: { report: "out.html" } });
    expect(readFileSync(service.path("out.html"), "utf8")).toContain(plan.id);
    await service.change("create table members (id integer primary key)");
  });

  it("says that there is no report of a run that was purged, and of no run at all", async () => {
    const service = await openMapped();
    await service.run("pull");
    const plan = await service.json("map-members");
    await service.json("map-members");
    await service.json("purge", "--forget", plan.id, "--apply", "--yes");
    expect((await service.json("report", plan.id)).error).toMatchObject({ code: "no-report", message: `The files of run ${plan.id} were destroyed.` });
    expect((await service.json("report", "20260101")).error.code).toBe("run-unknown");
  });
});
