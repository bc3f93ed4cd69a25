import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.ts";
import { findBrowser } from "../helpers/browser.ts";

const found = findBrowser();
if ("missing" in found) process.stdout.write(`Skipped: reports in a browser, ${found.missing}\n`);

/** The built program's report of a sandbox's mapping plan, opened from the disk. */
describe.skipIf("missing" in found)("a report in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-report-"));
  const troubles: string[] = [];
  const stop = new AbortController();
  let sandbox: Sandbox;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if ("missing" in found) return;
    sandbox = await startSandbox({ folder, members: 2_000, now: Date.now(), signal: stop.signal });
    await run(folder, "pull");
    await run(folder, "map-members");
    const [id = ""] = readdirSync(join(folder, ".kakao-sync", "runs"));
    await run(folder, "report", id);
    browser = await chromium.launch({ executablePath: found.path, args: ["--no-sandbox"] });
    page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    page.on("console", (message) => troubles.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:") && !request.url().startsWith("data:")) troubles.push(`loads ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(folder, ".kakao-sync", "runs", id, "report.html")).href);
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("opens from the disk without an error and without loading anything", async () => {
    expect(await page.title()).toMatch(/^map-members · \d{8}-\d{6}-/);
    expect(await page.locator("svg").count()).toBeGreaterThanOrEqual(4);
    expect(troubles).toEqual([]);
  });

  it("draws bars that are seen, in light, dark and on paper", async () => {
    for (const look of [{ colorScheme: "light" }, { colorScheme: "dark" }, { media: "print" }] as const) {
      await page.emulateMedia({ colorScheme: "light", media: "screen", ...look });
      const picture = await page.locator("#sides figure svg").screenshot();
      expect(await countColours(page, picture)).toBeGreaterThan(4);
    }
    await page.emulateMedia({ colorScheme: "light", media: "screen" });
    expect(troubles).toEqual([]);
  });

  it("has every label of a chart inside the picture", async () => {
    const outside = await page.evaluate(`[...document.querySelectorAll("svg")].flatMap((svg) => {
      const frame = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].map((text) => ({ text, box: text.getBoundingClientRect() }))
        .filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1).map(({ text }) => text.textContent);
    })`);
    expect(outside).toEqual([]);
  });

  it("is usable by keyboard alone: to the contents, to the filter, by reason", async () => {
    await page.locator("body").press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
    const all = await page.locator("#review tbody tr").count();
    expect(all).toBeGreaterThan(10);
    for (let presses = 0; presses < 60 && (await page.evaluate(`document.activeElement.closest("#review form") === null`)); presses += 1) await page.keyboard.press("Tab");
    const wanted = (await page.locator("#review tbody tr").first().locator("td").nth(2).textContent()) ?? "";
    await page.keyboard.type(wanted);
    const shown = await page.locator("#review tbody tr:visible").count();
    expect(shown).toBeGreaterThan(0);
    expect(shown).toBeLessThan(all);
    expect(await page.locator("#review output").textContent()).toBe(`${shown.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} rows`);
    await page.keyboard.press("Escape");
    expect(await page.locator("#review tbody tr:visible").count()).toBe(all);
    await page.keyboard.press("Tab");
    await page.keyboard.type(wanted.slice(0, 9));
    const chosen = await page.locator("#review select").inputValue();
    expect(chosen).not.toBe("");
    expect(await page.locator("#review tbody tr:visible").allTextContents()).toSatisfy((rows: readonly string[]) => rows.length > 0 && rows.every((row) => row.includes(chosen)));
  });

  it("does not scroll sideways on a telephone", async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1000, height: 800 });
  });
});

/** The built program, while this process answers it as Kakao. */
async function run(folder: string, ...words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [resolve("bin/kakao-sync.js"), ...words], { cwd: folder, env: { ...process.env, KAKAO_SYNC_OPERATOR: "tester" }, stdio: ["ignore", "ignore", "pipe"] });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  const code = await new Promise((done) => child.once("close", done));
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${String(code)}: ${told}`);
}

/** Colours that fill a part of a picture, by its pixels. */
async function countColours(page: Page, picture: Buffer): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const bytes = Uint8Array.from(atob("${picture.toString("base64")}"), (sign) => sign.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    drawing.drawImage(bitmap, 0, 0);
    const pixels = drawing.getImageData(0, 0, bitmap.width, bitmap.height).data;
    const counts = new Map();
    for (let at = 0; at < pixels.length; at += 4) {
      const colour = pixels.slice(at, at + 3).join(",");
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts.values()].filter((count) => count > 200).length;
  })()`);
}
