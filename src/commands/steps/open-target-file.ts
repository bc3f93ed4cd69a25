import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import type { KakaoChannel } from "../../kakao/channel.ts";
import type { Journal } from "../../workspace/journal.ts";
import { fileUnknown, filesFull, findTargetFile, readFacts, type FileFacts, type TargetFile } from "./upload-file.ts";
import { readStep } from "./upload-outcomes.ts";

/** The journal's step that makes the file. */
const makingStep = 0;

/**
 * The number of the file that a run fills. A new one is made, its intent on disk before the call: a run that was killed in between, and finds a file of this name afterwards,
 * has made it, since there was none when it began.
 */
export async function openTargetFile(context: Context, file: TargetFile, journal: Journal, channel: KakaoChannel): Promise<number> {
  const begun = readStep(journal, makingStep);
  const known = readFacts(context, file.list);
  if (known !== null) return known.fileId;
  const fileId = begun?.outcome?.fileId ?? (begun === undefined ? undefined : await findMade(file, channel)) ?? (await make(context, file, journal, channel));
  const facts: FileFacts = { fileId, userType: file.channel.idType, phoneAs: file.channel.unconfirmed.phoneAs, schema: file.schema };
  context.workspace().targetLists.write(file.list).finish({ ...facts, madeAt: new Date(context.now()).toISOString() });
  journal.outcome(makingStep, { sent: 0, succeeded: 0, moved: 0, failed: [], requests: 0, unconfirmed: 0, fileId });
  return fileId;
}

async function findMade({ name, channel: { publicId } }: TargetFile, channel: KakaoChannel): Promise<number | undefined> {
  return (await channel.listFiles(publicId)).find((file) => file.name === name)?.fileId;
}

async function make(context: Context, file: TargetFile, journal: Journal, channel: KakaoChannel): Promise<number> {
  // A plan may be days old: what it found is looked for again.
  await findTargetFile(context, file.channel, file.name);
  journal.intend(makingStep, { kind: "create" });
  const made = await channel.createFile({ channelPublicId: file.channel.publicId, name: file.name, schema: file.schema });
  if ("fileId" in made) return made.fileId;
  throw made.outcome === "name-taken" ? nameTaken(file.name) : filesFull(0);
}

/** -817: someone else has made it since, it is among files that are not listed, or the name is not allowed. */
function nameTaken(name: string): RefusedError {
  const { code, hint } = fileUnknown(name);
  return new RefusedError({ code, message: `Kakao takes no file of the name ${name} (-817): there is one that it does not list, or the name is not allowed.`, hint });
}
