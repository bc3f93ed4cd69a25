import { resolve } from "node:path";
import type { Context } from "../context.ts";
import { EXIT, RefusedError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import { say } from "../say.ts";
import { readSavedConsents, type SavedConsents } from "./steps/save-consents.ts";

const header = ["kakao_id", "linked_at", "read_at", "what", "id", "required", "in_use", "agreed", "agreed_at", "agreed_by"];

/** `runs consents RUN --to FILE`: writes the consents that `--save-consents` kept of those the run has unlinked, a row a consent. Kakao no longer has them. */
export async function writeConsents(context: Context, { to }: { readonly to: string }, id = ""): Promise<number> {
  context.requireOperator();
  const workspace = context.existingWorkspace();
  const run = workspace.runs.get(id);
  if (run.command !== "unlink-orphans") throw noConsents(run, say`Run ${run.id} is a run of ${run.command}: there is nothing to write.`);
  const store = workspace.openUnlinkStore(run);
  const file = context.createCsv(resolve(context.io.cwd, to), header, { readers: "machines" });
  let users = 0;
  try {
    for (const saved of readSavedConsents(store, run)) {
      users += 1;
      for (const row of listRows(saved)) file.write(row);
    }
    if (users === 0) throw noConsents(run, say`Run ${run.id} kept no consents: there is nothing to write.`);
    const { rows } = file.finish();
    context.record({ event: "exported", run: run.id, counts: { users, consents: rows } });
    context.terminal.line(say`${rows.toLocaleString("en-US")} consents of ${users.toLocaleString("en-US")} users: ${to}`);
    context.terminal.json({ command: "runs consents", run: run.id, users, consents: rows, files: { consents: to } });
    return EXIT.done;
  } catch (error) {
    file.discard();
    throw error;
  } finally {
    store.close();
  }
}

function listRows({ kakaoId, linkedAt, readAt, scopes, serviceTerms }: SavedConsents): (string | null)[][] {
  const begin = [kakaoId, linkedAt, readAt];
  return [
    ...scopes.map(({ id, using, agreed }) => [...begin, "scope", id, null, String(using), String(agreed), null, null]),
    ...serviceTerms.map(({ tag, required, agreed, agreedAt, agreedBy }) => [...begin, "term", tag, String(required), null, String(agreed), agreedAt, agreedBy]),
  ];
}

function noConsents(run: Run, message: string): RefusedError {
  return new RefusedError({ code: "no-consents", message, hint: "Consents are kept by unlink-orphans --apply --save-consents. List the runs: kakao-sync runs", run: run.id });
}
