import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import { openWorkspace, type Workspace, type WorkspaceOptions } from "../../src/workspace/workspace.ts";

/** A 32-byte key in base64, the same in every test. */
export const TEST_KEY = Buffer.alloc(32, 7).toString("base64");

/** A folder of its own, removed after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens the workspace `.kakao-sync` in a folder; closed after the test. */
export function openTestWorkspace(parent: string, changes: Partial<WorkspaceOptions> = {}): Workspace {
  const options: WorkspaceOptions = {
    folder: join(parent, ".kakao-sync"),
    appId: "424242",
    kind: "real",
    key: { environment: { KAKAO_SYNC_KEY: TEST_KEY } },
    ...changes,
  };
  const workspace = openWorkspace(options);
  onTestFinished(() => workspace.close());
  return workspace;
}

/** A user whose details were read, told apart from others by every value. */
export function userOf(id: string, changes: Partial<KakaoUser> = {}): KakaoUser {
  return {
    id,
    state: "read",
    connectedAt: 1_700_000_000,
    ci: `${id.padStart(86, "C")}==`,
    phone: `010${id.slice(-8).padStart(8, "0")}`,
    email: `user${id}@example.com`,
    name: `김${id}`,
    birthdate: "19910203",
    ...changes,
  };
}

/** Every byte of every file below a folder, as one Latin-1 text. */
export function readAllBytes(folder: string): string {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return names.map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString("latin1")).join("\n");
}

export const utf8InLatin1 = (text: string): string => Buffer.from(text).toString("latin1");
