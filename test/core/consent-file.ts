import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { loadConsent } from "../../src/config/consent-load.ts";
import { auditConsent } from "../../src/core/consent/audit.ts";
import type { Finding } from "../../src/core/consent/finding.ts";
import type { AuditInput, ConsentFile } from "../../src/core/consent/model.ts";
import type { Patch } from "./consent-cases.ts";

/** The day on which the fixtures have nothing to find. */
const today = "2026-11-02";

/** Writes a consent file, reads it as the program does, and hands over what the rules get. */
export function inputOf(text: string, extra: Partial<AuditInput> = {}): AuditInput {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-consent-"));
  try {
    const path = join(folder, "kakao-sync.consent.yaml");
    writeFileSync(path, text);
    return { ...loadConsent(path, folder), today, uses: [], ...extra };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A fixture of `fixtures/consent` with some values changed. */
export function patched(base: string, patch: Patch): string {
  const value: unknown = JSON.parse(JSON.stringify(parse(readFileSync(`fixtures/consent/${base}.yaml`, "utf8"))));
  for (const [path, to] of Object.entries(patch)) assign(value, path.split("."), to);
  return stringify(value);
}

export function audit(base: string, patch: Patch = {}, extra: Partial<AuditInput> = {}): Finding[] {
  return auditConsent(inputOf(patched(base, patch), extra));
}

export function consentOf(base: string, patch: Patch = {}): ConsentFile {
  return inputOf(patched(base, patch)).consent;
}

function assign(root: unknown, [step = "", ...rest]: readonly string[], to: unknown): void {
  if (typeof root !== "object" || root === null) throw new Error(`nothing at ${step}`);
  const node = root as Record<string, unknown>;
  if (rest.length > 0) {
    node[step] ??= {};
    assign(node[step], rest, to);
  } else if (to !== undefined) node[step] = to;
  else if (Array.isArray(root)) root.splice(Number(step), 1);
  else if (step in node) delete node[step];
  else throw new Error(`there is no ${step} to take away`);
}
