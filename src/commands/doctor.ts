import type { Context } from "../context.ts";
import type { LookTools } from "../context/look-tools.ts";
import { EXIT, OperatorError } from "../errors.ts";
import { translate } from "../say.ts";
import type { ServiceDatabase } from "../database/service-database.ts";
import { attempt, type Check, fail, ok, warn } from "./steps/doctor-check.ts";
import { checkInspection, checkPlaces, checkReplica, checkValues } from "./steps/doctor-database.ts";
import { checkKakao } from "./steps/doctor-kakao.ts";
import { checkKeys } from "./steps/doctor-keys.ts";
import { checkDisk, checkWorkspace } from "./steps/doctor-workspace.ts";

export interface DoctorFlags {
  readonly quick?: boolean;
}

/** `doctor`: looks whether configuration, database, Kakao and workspace are as they should be; makes and changes nothing. Exit 1 when something must be mended. */
export async function doctor(context: Context, flags: DoctorFlags): Promise<number> {
  const { config } = context;
  const tools = await context.lookTools();
  try {
    const look = tools.workspace();
    let members = 0;
    const checks = [
      ...(await attempt("Node", async () => [checkNode(tools.nodeVersion)])),
      ok("configuration", context.shown(config.file)),
      ...config.warnings.map((warning) => warn("configuration", warning, "Correct it, or leave it if it is meant so.")),
      ...(await attempt("workspace", () => checkWorkspace(context, look))),
      ...(await attempt("database", () => lookAtDatabase(context, tools, flags, (rows) => (members = rows)))),
      ...(await lookAtKakao(context, tools)),
    ];
    tell(context, [...checks, checkDisk(look, Math.max(members, countUsers(context, tools)))]);
    return checks.some(({ result }) => result === "fail") ? EXIT.found : EXIT.done;
  } finally {
    await tools.close();
  }
}

/** As package.json asks for; the program does not start on an older one. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 17) ? ok("Node", version) : fail("Node", version, "Install Node 20.17 or later.");
}

async function lookAtDatabase(context: Context, tools: LookTools, { quick }: DoctorFlags, count: (rows: number) => void): Promise<readonly Check[]> {
  const database = await (tools.hasWorkspace ? context.database() : tools.database());
  const inspection = await database.inspect();
  count(inspection.rows.reduce((sum, rows) => sum + rows, 0));
  const replica = await attempt("replica of limits.replica", () => checkReplica(context, database));
  const values = await attempt("digests and encrypted columns", () => checkValues(context, database));
  const places = await attempt("places", () => checkPlaces(context, database));
  const isUnread = quick === true || values.some(({ result }) => result === "fail");
  const keys = isUnread ? [] : await attempt("keys", () => readKeys(context, tools, database));
  return [...checkInspection(inspection), ...replica, ...values, ...keys, ...places];
}

/** Keys are read on somebody's responsibility, and on record where there is one (product.md section 10). */
async function readKeys(context: Context, tools: LookTools, database: ServiceDatabase): Promise<readonly Check[]> {
  const nobody = refusalOf(() => context.requireOperator());
  if (nobody !== undefined) return [warn("keys", "not read: nobody is named who is responsible for it", nobody.hint)];
  const checks = await checkKeys(context, database);
  if (tools.hasWorkspace) context.record({ event: "read", purpose: "doctor: how many keys can be used" });
  return checks;
}

/** With a workspace under its lock: the pace is one for the app. While another run has it, nothing is asked. */
async function lookAtKakao(context: Context, tools: LookTools): Promise<readonly Check[]> {
  return attempt("Kakao", async () => {
    if (!tools.hasWorkspace) return checkKakao(context, () => tools.kakao(context.signal), false);
    const locked = refusalOf(() => context.lock());
    if (locked?.code === "workspace-locked") return [warn("Kakao", "not asked: another run of this workspace is under way", "Look again when it has ended.")];
    return checkKakao(context, () => context.kakao(context.signal), true);
  });
}

/** Users of the snapshot, where there is one that can be opened. */
function countUsers(context: Context, tools: LookTools): number {
  let users = 0;
  if (tools.hasWorkspace) {
    refusalOf(() => {
      const snapshot = context.workspace().snapshots.snapshot();
      users = snapshot?.count ?? 0;
      snapshot?.close();
    });
  }
  return users;
}

/** The error for the operator that this throws; undefined where it does not. */
function refusalOf(work: () => void): OperatorError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof OperatorError) return error;
    throw error;
  }
}

function tell({ terminal }: Context, found: readonly Check[]): void {
  const checks = found.map((check) => ({ ...check, detail: translate(check.detail), ...(check.todo === undefined ? {} : { todo: translate(check.todo) }) }));
  const lines = checks.flatMap(({ what, result, detail, todo }) => [[translate(result), translate(what), detail], ...(todo === undefined ? [] : [["", "", `→ ${todo}`]])]);
  terminal.table([{ header: "" }, { header: "what" }, { header: "found" }], lines);
  const statements = checks.flatMap(({ sql }) => sql ?? []);
  if (statements.length > 0) {
    terminal.line();
    for (const sql of statements) terminal.text(sql);
  }
  terminal.json({ command: "doctor", checks });
}
