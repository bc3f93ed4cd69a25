import type { Context } from "../../context.ts";
import type { ConsentTools } from "../../context/consent-tools.ts";
import { EXIT, StartError } from "../../errors.ts";
import { say } from "../../say.ts";
import { type AuditChoice, consentPath, dayOf, listUses, lookLive } from "./audit-input.ts";
import { nameConsent, tellLive } from "./tell-audit.ts";

/** `--init`: writes a consent file to start from; never over an existing one. */
export async function beginConsentFile(context: Context, tools: ConsentTools, choice: AuditChoice): Promise<number> {
  const { config, terminal } = context;
  const path = consentPath(context, choice);
  const shown = context.shown(path);
  const exists = (): StartError => new StartError({ code: "consent-exists", message: say`${shown} is there already and stays as it is.`, hint: "Edit it, or write another one with --file FILE." });
  // Before Kakao is asked for what would not be written.
  if (tools.exists(path)) throw exists();
  const look = choice.live === true ? await lookLive(context, choice) : undefined;
  const { appId, app } = config.kakao;
  const text = tools.renderStarter({
    appId,
    ...(app.autoLink === undefined ? {} : { autoLink: app.autoLink }),
    ...(app.fixedIds === undefined ? {} : { fixedIds: app.fixedIds }),
    ...(config.channel === undefined ? {} : { channel: config.channel.publicId }),
    uses: listUses(context, choice),
    ...(look === undefined || look.sampled === 0
      ? {}
      : { live: { day: dayOf(context.now()), sampled: look.sampled, items: look.items.map((item) => ({ id: item.id, consent: nameConsent(item) })), ...(look.terms === undefined ? {} : { terms: look.terms }) } }),
  });
  if (!tools.writeNew(path, text)) throw exists();
  if (look !== undefined) tellLive(context, look);
  terminal.line(say`Wrote ${shown}.`);
  terminal.json({ command: context.command, file: shown, ...(look === undefined ? {} : { live: look }) });
  terminal.note("Next: fill in what applies, then look what does not fit: kakao-sync audit-consent");
  return EXIT.done;
}
