import type { Context } from "../../context.ts";
import type { UploadBrake } from "../../core/targets/upload-brakes.ts";
import { uploadTexts } from "../../messages/uploads.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import type { Applied } from "./apply-upload.ts";
import { applyCommand, countPlanned } from "./check-apply.ts";
import { countOf } from "./count-of.ts";
import { countRequests, forecastUpload } from "./forecast-upload.ts";
import { readUploadPlan } from "./read-upload-plan.ts";
import { listOddities, tellSelection, type ExportCounts } from "./tell-export.ts";

/** Facts of a run that the JSON result does not repeat. */
const kept = new Set(["planned", "purpose", "order", "appliedBy", "applied", "mode", "upload"]);

/** What a plan comes to, what it will cost, what will be held back, and the next command. */
export function tellUploadPlan(context: Context, run: Run, brakes: readonly UploadBrake[]): void {
  const { terminal } = context;
  tellUploadCounts(context, run);
  forecastUpload(context, run, { heldBack: false });
  const told = describeBrakes(brakes);
  for (const { message, hint } of told) terminal.warn(say`--apply will hold back all but the removals that always go: ${message}\n${hint}`);
  terminal.json({ ...describe(context, run, "plan"), upload: { ...describePlanned(run), requested: 0, succeeded: 0 }, ...(told.length === 0 ? {} : { refusals: told }) });
  terminal.note(say`Files: ${Object.values(run.files).join(", ")} in ${context.shown(run.folder)}`);
  if (countPlanned(run) === 0) return terminal.note("The file holds just whom it is to hold: nothing is to be sent.");
  terminal.note(say`Nothing has been sent. To carry it out: ${applyCommand(run)}${brakes.map(({ code, count }) => ` --allow-${code} ${count}`).join("")}`);
}

/** What the plan comes to: also before an apply that plans in one go. */
export function tellUploadCounts(context: Context, run: Run): void {
  const { terminal } = context;
  const counts = run.counts as ExportCounts;
  const { file, fileId } = readUploadPlan(run).upload;
  const [members, exported] = [countOf(counts.members, "member"), number(counts.exported)];
  terminal.line(
    fileId === null ? say`Plan ${run.id} for the customer file ${file}, which is still to be made: ${members} read, ${exported} may be written to`
    : say`Plan ${run.id} for the customer file ${nameFile(file, fileId)}: ${members} read, ${exported} may be written to`,
  );
  tellSelection(context, counts);
  tellDifference(context, run);
  for (const line of listOddities(context, counts)) terminal.warn(line);
}

/** What became of it: every count, and what somebody has to do now. */
export function tellUploaded(context: Context, run: Run, applied: Applied, brakes: readonly UploadBrake[]): void {
  const { terminal } = context;
  const { upload } = readUploadPlan(run);
  terminal.line(say`Run ${run.id}, customer file ${nameFile(upload.file, applied.fileId)}: ${number(applied.added)} added, ${number(applied.changed)} changed, ${number(applied.removed)} removed.`);
  const rows = ([[say`not taken by Kakao: see failed.csv`, applied.failed], [say`planned and left alone: changed or refused since`, applied.moved]] as const).filter(([, count]) => count > 0);
  if (rows.length > 0) terminal.table([{ header: "" }, { header: "users" }], rows);
  if (applied.unconfirmed > 0) terminal.warn(uploadTexts.unconfirmed(applied.unconfirmed));
  for (const { file, users, flags } of applied.stillIn) terminal.warn(say`${countOf(users, "user who was to be removed is", "users who were to be removed are")} still in the customer file ${file}. Remove them there, too: kakao-sync export-channel-targets --upload --apply --purpose PURPOSE ${translate(flags)}`);
  const told = describeBrakes(brakes);
  for (const { message, hint } of told) terminal.warn(say`Held back, all but the removals that always go: ${message}\n${hint}`);
  const { added, changed, removed, requested, succeeded, failed, moved, requests, unconfirmed, fileId, heldBack, stillIn } = applied;
  const [first] = told;
  terminal.json({
    ...describe(context, run, "apply"),
    upload: { ...describePlanned(run), fileId, added, changed, removed, requested, succeeded, failed, moved, requests, unconfirmed, heldBack, stillIn: stillIn.map(({ file, users }) => ({ file, users })) },
    ...(first === undefined ? {} : { error: { code: first.code, message: told.map(({ message }) => message).join("\n"), hint: told.map(({ hint }) => hint).join("\n") } }),
  });
  if (told.length > 0) terminal.note("The rest needs a new plan: kakao-sync export-channel-targets --upload, with the same flags as before.");
  else if (applied.heldBack) terminal.note("Only removals were sent; the rest needs a new plan: kakao-sync export-channel-targets --upload");
  if (applied.failed > 0) terminal.note(say`Files: failed.csv in ${context.shown(run.folder)}. The next upload tries them again.`);
}

/** Numbers of a plan under the names of the JSON result (product.md section 11). */
function describePlanned(run: Run): Record<string, unknown> {
  const { file, fileId, schema, last, held, same, added, changed, always, filter } = readUploadPlan(run).upload;
  return { file, fileId, schema, list: last === null ? null : { run: last.run, at: last.at }, held, same, added, changed, removed: always + filter, removals: { always, filter }, requests: countRequests(run, { heldBack: false }) };
}

function describe(context: Context, run: Run, mode: "plan" | "apply"): Record<string, unknown> {
  return {
    command: "export-channel-targets",
    run: run.id,
    mode,
    ...Object.fromEntries(Object.entries(run.counts).filter(([name]) => !kept.has(name))),
    files: Object.values(run.files).map((file) => context.shown(`${run.folder}/${file}`)),
  };
}

function tellDifference({ terminal }: Context, run: Run): void {
  const { upload } = readUploadPlan(run);
  terminal.line();
  terminal.table(
    [{ header: "the customer file" }, { header: "users" }],
    [
      [say`holds, as far as is known`, upload.held],
      [say`remove: refused, withdrawn or gone (goes always)`, upload.always],
      [say`remove: no longer selected`, upload.filter],
      [say`change: other fields`, upload.changed],
      [say`add`, upload.added],
      [say`leave as they are`, upload.same],
    ],
  );
  terminal.line();
  if (upload.last !== null) terminal.line(say`Whom the file holds is known as of ${upload.last.at}, run ${upload.last.run}. Has there been a later upload from elsewhere, or was this workspace restored from an older copy? Then it has forgotten people: do not send with this file.`);
  terminal.line(say`Fields: ${Object.entries(upload.schema).map(([name, type]) => `${name} (${type})`).join(", ")}. Requests: ${number(countRequests(run, { heldBack: false }))}.`);
}

function nameFile(file: string, fileId: number | null): string {
  return fileId === null ? file : `${file} (${fileId})`;
}

function describeBrakes(brakes: readonly UploadBrake[]): readonly { readonly code: string; readonly message: string; readonly hint: string }[] {
  return brakes.map((brake) => ({ code: `brake-${brake.code}`, ...uploadTexts.brake(brake) }));
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
