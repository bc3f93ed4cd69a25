import type { Context } from "../../context.ts";
import { findUploadBrakes, type UploadAnswers, type UploadBrake } from "../../core/targets/upload-brakes.ts";
import { EXIT, RefusedError, StartError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import type { ApplyFlags } from "../shared-options.ts";
import { applyUpload, readUploadOrder, type UploadOrder } from "./apply-upload.ts";
import { checkPlanState, refuseWhileInterrupted } from "./check-apply.ts";
import { refuseRehearsal } from "./check-unlinking.ts";
import { confirmUpload } from "./confirm-apply.ts";
import { readExportFlags } from "./export-flags.ts";
import { forecastUpload } from "./forecast-upload.ts";
import type { Look } from "./look-at-selection.ts";
import { planUpload } from "./plan-upload.ts";
import { requireChannel } from "./read-fields.ts";
import { isUpload, readSelection, readUploadPlan } from "./read-upload-plan.ts";
import type { SelectionFlags } from "./select-targets.ts";
import { tellUploadCounts, tellUploaded, tellUploadPlan } from "./tell-upload.ts";
import { findTargetFile, type TargetFile } from "./upload-file.ts";
import { wipeOldUploads } from "./wipe-old-uploads.ts";

/** Flags of `export-channel-targets --upload`. */
export interface UploadFlags extends SelectionFlags, ApplyFlags, UploadAnswers {
  readonly upload?: boolean;
  readonly plan?: string;
  /** Sends nothing but the removals that always go, brake or not. */
  readonly removalsOnly?: boolean;
  /** Name of the customer file; without it that of the export. */
  readonly file?: string;
  /** What the export goes by: the next one of that name is compared with it. */
  readonly name?: string;
  readonly purpose?: string;
  /** Always refused. */
  readonly where?: string;
}

/** What only a CSV export knows. */
interface FileFlags {
  readonly to?: string;
  readonly headers?: string;
  readonly encoding?: string;
  readonly maxRows?: number;
}

/** `export-channel-targets --upload`: plans what a customer file at Kakao is to gain and lose; with `--apply` carries a plan out (product.md T5). */
export async function uploadTargets(context: Context, flags: UploadFlags): Promise<number> {
  const asked = flags.plan === undefined ? readExportFlags(flags) : undefined;
  requireChannel(context, flags.segment);
  if (flags.apply === true) refuseRehearsal(context, "nothing is sent there");
  const operator = context.requireOperator();
  context.lock();
  if (flags.apply === true) context.readNoReplica();
  context.workspace().runs.expirePlans(Math.floor(context.now() / 1000));
  wipeOldUploads(context);
  if (flags.plan !== undefined) return carryOut(context, flags, context.workspace().runs.get(flags.plan));
  const { purpose, name } = asked ?? { purpose: "", name: "" };
  const fileName = readFileName(flags, name);
  const interrupted = flags.apply === true ? findInterrupted(context, fileName) : undefined;
  if (interrupted !== undefined) return goOn(context, flags, interrupted);
  if (flags.apply === true) refuseWhileInterrupted(context);
  const file = await findTargetFile(context, requireChannel(context, flags.segment), fileName, { night: flags.night === true });
  const { run, look } = await planUpload(context, { selection: toSelection(flags), operator, purpose, name, file });
  if (flags.apply === true) {
    tellUploadCounts(context, run);
    return carryOut(context, flags, run, { file, look });
  }
  tellUploadPlan(context, run, findBrakes(run, flags));
  return EXIT.done;
}

/** An upload into the same file that was interrupted. */
function findInterrupted(context: Context, fileName: string): Run | undefined {
  return context.workspace().runs.list().find((run) => run.state === "interrupted" && isUpload(run) && readUploadPlan(run).upload.file === fileName);
}

/** Who refuses has to leave the file tonight, whatever stopped the last night: the run ends by its own plan and order, after a look that is made anew. */
async function goOn(context: Context, flags: UploadFlags, run: Run): Promise<number> {
  context.terminal.note(say`Run ${run.id} into the same file was interrupted: this goes on with it, by its own plan. Who refuses by now goes first. The next run plans anew.`);
  return carryOut(context, flags, run);
}

/** `seen` is what a plan that was made just now has found. */
async function carryOut(context: Context, flags: UploadFlags, run: Run, seen?: { readonly file: TargetFile; readonly look: Look }): Promise<number> {
  refuseOtherRun(run);
  await checkPlanState(context, run);
  const { upload, purpose } = readUploadPlan(run);
  const removalsOnly = flags.removalsOnly === true;
  const decided = readBrake(run);
  // What was decided stands, whatever is answered later; it is told by its numbers.
  const brakes = removalsOnly || decided === false ? [] : findBrakes(run, decided === null ? flags : {});
  const isBraked = decided ?? (removalsOnly ? null : brakes.length > 0);
  const order: UploadOrder = { heldBack: removalsOnly || isBraked === true, isBraked };
  const file = seen?.file ?? (await findTargetFileOf(context, run));
  if (run.state === "planned") forecastUpload(context, run, order);
  const users = order.heldBack ? upload.always : upload.always + upload.filter + upload.changed + upload.added;
  await confirmUpload(context, run, { users, held: upload.held, file: upload.file }, flags);
  // While a question waited somebody may have refused: what was seen before it is good only where nobody was asked.
  const applied = await applyUpload(context, run, file, order, flags.yes === true ? seen?.look : undefined);
  const isRefused = applied.heldBack && !removalsOnly;
  if (isRefused) context.record({ event: "refused", purpose, run: run.id, code: `brake-${brakes[0]?.code ?? "upload"}` });
  tellUploaded(context, context.workspace().runs.get(run.id), applied, brakes);
  if (isRefused) return EXIT.refused;
  return applied.failed > 0 ? EXIT.found : EXIT.done;
}

/** The file of a run that is being carried out. One that this run was making when it was killed is not asked for in Kakao's list: it may be there by now. */
async function findTargetFileOf(context: Context, run: Run): Promise<TargetFile> {
  const { upload } = readUploadPlan(run);
  const channel = requireChannel(context);
  return findTargetFile(context, channel, upload.file, { night: readSelection(run).night === true, run: run.state === "interrupted" ? "begun" : "planned" });
}

/** Whether a brake held when the run was begun; null where nobody has looked yet. */
function readBrake(run: Run): boolean | null {
  const order = readUploadOrder(run);
  return order === undefined ? null : order.isBraked === undefined ? order.heldBack : order.isBraked;
}

function findBrakes(run: Run, flags: UploadAnswers): readonly UploadBrake[] {
  return findUploadBrakes(readUploadPlan(run).upload, flags);
}

function toSelection({ segment, night, relation, excludeOverdue, acceptUnreadable }: UploadFlags): SelectionFlags {
  return { night: night === true, relation: relation === true, excludeOverdue: excludeOverdue === true, ...(segment === undefined ? {} : { segment }), ...(acceptUnreadable === undefined ? {} : { acceptUnreadable }) };
}

function readFileName({ file }: UploadFlags, name: string): string {
  return readExportFlags({ purpose: "-", name: file ?? name }).name;
}

function refuseOtherRun(run: Run): void {
  if (run.command === "export-channel-targets" && !isUpload(run)) {
    throw new RefusedError({ code: "plan-of-other-command", message: say`Run ${run.id} wrote files; there is nothing to carry out.`, hint: "List the runs: kakao-sync runs", run: run.id });
  }
}

/** Combinations that would leave open what is meant: flags of files and of uploads together, of making and of carrying out. */
export function refuseStrayFlags(flags: UploadFlags & FileFlags): void {
  const given = (names: readonly (keyof UploadFlags | keyof FileFlags)[]): boolean => names.some((name) => flags[name] !== undefined && flags[name] !== false);
  const wrong =
    flags.upload !== true && given(["apply", "plan", "file", "yes", "removalsOnly", "allowRemovals", "allowAdditions"]) ? "--apply, --plan, --file, --yes, --removals-only, --allow-removals and --allow-additions belong to --upload; files are written without --apply"
    : flags.removalsOnly === true && flags.apply !== true ? "--removals-only says what --apply sends; a plan tells of the removals by themselves"
    : flags.upload === true && given(["to", "headers", "encoding", "maxRows"]) ? "--to, --headers, --encoding and --max-rows are of files and cannot go with --upload"
    : flags.plan !== undefined && flags.apply !== true ? "--plan carries a plan out and needs --apply; to look at it: kakao-sync runs show RUN"
    : flags.plan !== undefined && given(["segment", "night", "relation", "excludeOverdue", "acceptUnreadable", "file", "name"]) ? "--segment, --night, --relation, --exclude-overdue, --accept-unreadable, --name and --file make a new plan and cannot go with --plan"
    : undefined;
  if (wrong !== undefined) throw new StartError({ code: "usage", message: `${translate(wrong)}.`, hint: "See `kakao-sync export-channel-targets --help`." });
}
