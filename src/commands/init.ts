import type { Context } from "../context.ts";
import { EXIT, StartError } from "../errors.ts";

export interface InitFlags {
  readonly database?: string;
  readonly table?: string;
  readonly appId?: string;
}

/** `init`: writes a commented configuration to start from; never over an existing file. */
export async function init(context: Context, flags: InitFlags): Promise<number> {
  const { terminal } = context;
  const { path, written } = context.writeStarterConfig({
    environment: "production",
    databaseUrl: flags.database ?? "sqlite:./members.db",
    table: flags.table ?? "members",
    id: "id",
    ci: "ci",
    phone: "phone",
    email: "email",
    name: "name",
    birthdate: "birthdate",
    phoneVerifiedAt: "phone_verified_at",
    emailVerifiedAt: "email_verified_at",
    lastLoginAt: "last_login_at",
    where: "status = 'active'",
    withdrawn: "status = 'left'",
    linkColumn: "kakao_id",
    appId: flags.appId ?? "424242",
  });
  if (!written) {
    throw new StartError({ code: "config-exists", message: `${context.shown(path)} is there already and stays as it is.`, hint: "Edit it, or write another one with --config FILE." });
  }
  terminal.line(`Wrote ${context.shown(path)}.`);
  terminal.json({ command: "init", file: context.shown(path) });
  terminal.note("Next: name your tables and columns in it, set KAKAO_ADMIN_KEY, and look whether it fits: kakao-sync doctor");
  return EXIT.done;
}
