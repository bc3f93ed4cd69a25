import { once } from "node:events";
import { join, resolve } from "node:path";
import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { say } from "../say.ts";

export interface SandboxFlags {
  readonly folder?: string;
  readonly members?: number;
  readonly port?: number;
  readonly workspace?: string;
}

const defaultFolder = "kakao-sync-sandbox";

/** `sandbox`: a simulated Kakao and a demo member database to rehearse on, until Ctrl-C, which is its normal end (exit 0). */
export async function sandbox(context: Context, flags: SandboxFlags): Promise<number> {
  const folder = resolve(context.io.cwd, flags.folder ?? defaultFolder);
  refuseBesideRealWorkspace(context, folder, flags);
  const { members, port } = flags;
  if (members !== undefined && members > 20_000) context.terminal.note(say`Making up ${members.toLocaleString("en-US")} members …`);
  const running = await context.startSandbox({ folder, ...(members === undefined ? {} : { members }), ...(port === undefined ? {} : { port }) });
  try {
    tellSandbox(context, folder, running);
    if (!context.signal.aborted) await once(context.signal, "abort");
  } finally {
    await running.close();
  }
  const place = context.shown(folder);
  context.terminal.note(place === "" ? say`The simulated Kakao has stopped. This folder stays:` : say`The simulated Kakao has stopped. ${place} stays:`);
  context.terminal.note("start it again with the same command, or remove it.");
  return EXIT.done;
}

/** Where nobody names a folder, the directory's own workspace counts too: a shell in which real runs are made is no place to rehearse. */
function refuseBesideRealWorkspace(context: Context, folder: string, flags: SandboxFlags): void {
  context.refuseRealWorkspace(join(folder, ".kakao-sync"));
  if (flags.workspace !== undefined || flags.folder === undefined) context.refuseRealWorkspace(context.workspaceFolder);
}

function tellSandbox({ terminal, shown }: Context, folder: string, { url, members, kakaoUsers, isNew }: Sandbox): void {
  const place = shown(folder) || ".";
  terminal.line(say`A simulated Kakao with ${kakaoUsers.toLocaleString("en-US")} users answers at ${url}.`);
  terminal.line(isNew ? say`New in ${place}:` : say`As it was left, in ${place}:`);
  terminal.table(
    [{ header: "file" }, { header: "what" }],
    [
      ["kakao-sync.config.yaml", say`the configuration to use`],
      [".env", say`the simulated Kakao's admin key`],
      ["members.db", say`${members.toLocaleString("en-US")} made-up members (SQLite)`],
    ],
  );
  terminal.line();
  terminal.line("In another terminal:");
  terminal.line();
  for (const command of [`cd ${quote(place)}`, "kakao-sync pull", "kakao-sync map-members", "kakao-sync map-members --apply", "kakao-sync runs", "kakao-sync undo RUN"]) terminal.line(`  ${command}`);
  terminal.line();
  terminal.json({ command: "sandbox", url, folder: place, config: join(place, "kakao-sync.config.yaml"), members, kakaoUsers, new: isNew });
  terminal.note("Runs until Ctrl-C.");
}

/** As a shell takes it. */
function quote(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
