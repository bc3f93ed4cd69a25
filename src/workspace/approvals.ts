import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { keepPrivate } from "./folder.ts";
import type { Run } from "./runs.ts";
import type { Settings } from "./small-facts.ts";

/** One person's signature under a plan. */
export interface Approval {
  readonly approver: string;
  /** Unix seconds. */
  readonly at: number;
  /** Ed25519, base64. */
  readonly signature: string;
}

/** Approvals of runs, kept in the workspace. Whoever adds one holds the workspace's lock. */
export class Approvals {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  list(runId: string): readonly Approval[] {
    return (this.#settings.get(`approvals.${runId}`) as Approval[] | undefined) ?? [];
  }

  /** A second approval of one person takes the place of the first. */
  add(runId: string, approval: Approval): void {
    const others = this.list(runId).filter(({ approver }) => approver !== approval.approver);
    this.#settings.set(`approvals.${runId}`, [...others, approval]);
  }
}

/** What is signed: the run, what it was made from, and every planned row by the plan's digest. */
function approvalText({ id, command, appId, digests }: Run): string {
  return JSON.stringify(["kakao-sync approval 1", appId, command, id, digests.plan, digests.config, digests.decisions, digests.database]);
}

/** Sixteen digits of the same, `4821-0093-1175-6620`: two people compare them by phone. */
export function renderShortDigest(run: Run): string {
  const number = createHash("sha256").update(approvalText(run)).digest().readBigUInt64BE() % 10n ** 16n;
  return String(number).padStart(16, "0").replace(/(\d{4})(?=\d)/g, "$1-");
}

/** Where an approver's private key lies by default: `$XDG_CONFIG_HOME/kakao-sync/approver-<name>.pem`, else below `~/.config`. */
export function approverKeyFile(environment: Readonly<Record<string, string | undefined>>, name: string): string {
  return join(environment["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "kakao-sync", `approver-${name}.pem`);
}

/** Makes an approver's key pair: the private key in a new file, 0600. Answers the public key, base64. Throws StartError where the file is there already. */
export function createApproverKey(file: string): string {
  if (existsSync(file)) {
    throw new StartError({ code: "approver-key-exists", message: say`${file} is there already; it is never overwritten.`, hint: "Use it, or move it away if its key is lost or stolen; then put the new public key into the configuration." });
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, String(privateKey.export({ type: "pkcs8", format: "pem" })));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return publicKeyOf(privateKey);
}

/** An approver's private key. Throws StartError without one, RefusedError when others can read the file. */
export function readApproverKey(file: string): KeyObject {
  if (!existsSync(file)) {
    throw new StartError({ code: "approver-key-missing", message: say`There is no private key in ${file}.`, hint: "Make one, once a person: kakao-sync approve --init --as NAME; or name yours with --key FILE." });
  }
  keepPrivate(file, 0o600);
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // Told below: what the file holds must not be repeated.
  }
  throw new StartError({ code: "approver-key-wrong", message: say`${file} holds no Ed25519 private key.`, hint: "Name the file that `approve --init` made with --key FILE." });
}

/** The public half in base64, as the configuration names it. */
export function publicKeyOf(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" }).toString("base64");
}

export function signApproval(run: Run, key: KeyObject): string {
  return sign(null, Buffer.from(approvalText(run)), key).toString("base64");
}

/** Whether the signature is under this very plan and of the owner of the public key. */
export function isSignedBy(run: Run, { signature }: Approval, publicKey: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    return verify(null, Buffer.from(approvalText(run)), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}
