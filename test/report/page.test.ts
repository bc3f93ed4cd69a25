import { describe, expect, it } from "vitest";
import { renderChart } from "../../src/report/charts.ts";
import { renderPage } from "../../src/report/page.ts";
import type { Report } from "../../src/report/report.ts";

const hostile = `<script>alert("1")</script>&'`;
const report: Report = {
  title: hostile,
  lead: hostile,
  facts: [[hostile, hostile]],
  sections: [
    {
      id: "one",
      title: hostile,
      text: hostile,
      chart: { label: hostile, parts: [{ name: hostile, tone: "good" }, { name: "rest", tone: "none" }], bars: [{ name: hostile, values: [3, 4] }] },
      tables: [{ caption: hostile, columns: [hostile, "count"], rows: [[hostile, 1200]], filterBy: hostile }],
    },
  ],
};

describe("the page of a report", () => {
  const page = renderPage(report, renderChart);

  it("escapes every text, also in charts", () => {
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain("alert(\"1\")");
    expect(page.match(/alert\(&quot;1&quot;\)/g)?.length).toBeGreaterThan(10);
  });

  it("loads nothing from anywhere", () => {
    expect(page.match(/(?:href|src|url|action)=?[("']+(?!#|data:,)[^"')]*/g) ?? []).toEqual([]);
    expect(page.replaceAll("http://www.w3.org/2000/svg", "").replaceAll("http://www.w3.org/1999/xlink", "")).not.toMatch(/https?:/);
    expect(page).toContain("default-src 'none'");
  });

  it("writes numbers with separators, and the sum behind a stacked bar", () => {
    expect(page).toContain('<td class="number">1,200</td>');
    expect(page).toMatch(/<text[^>]*>7<\/text>/);
  });

  it("gives charts the page's colours, so that they follow light, dark and print", () => {
    const svg = renderChart({ label: "", parts: [{ name: "a", tone: "good" }, { name: "b", tone: "bad" }], bars: [{ name: "링크", values: [1, 2] }] });
    expect(svg).toContain("var(--good)");
    expect(svg).toContain("var(--bad)");
    expect(svg).toContain("var(--ink)");
    expect(svg.replaceAll("xlink", "")).not.toMatch(/#0101|<style|class="zr/);
    expect(svg).toContain(">링크</text>");
  });

  it("has room for a long Korean name", () => {
    const startOf = (name: string): number => Number(/translate\(([\d.]+) /.exec(renderChart({ label: "", parts: [{ name: "a", tone: "good" }], bars: [{ name, values: [1] }] }))?.[1]);
    expect(startOf("마케팅 정보 수신 동의")).toBeGreaterThan(startOf("동의") + 80);
  });
});
