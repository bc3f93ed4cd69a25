import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import type { KakaoChannel } from "../../kakao/channel.ts";
import type { Journal } from "../../workspace/journal.ts";
import { say } from "../../say.ts";
import { fileUnknown, filesFull, findTargetFile, readFacts, refuseOtherSchema, type FileFacts, type TargetFile } from "./upload-file.ts";
import { readStep } from "./upload-outcomes.ts";

/** The journal's step that makes the file. */
const makingStep = 0;

/**
 * The number of the file that a run fills. A new one is made, its intent on disk before the call: a run that never heard what came of the call, and finds an empty file of
 * this name afterwards, has made it, since there was none when it began. Where Kakao has said that nothing was made, a file of this name is somebody else's.
 */
export async function openTargetFile(context: Context, file: TargetFile, journal: Journal, channel: KakaoChannel): Promise<number> {
  const begun = readStep(journal, makingStep);
  const known = readFacts(context, file.list);
  if (known !== null) return known.fileId;
  const fileId = begun?.outcome?.fileId ?? (begun === undefined || begun.intent.unmade === true ? undefined : await findMade(file, channel)) ?? (await make(context, file, journal, channel));
  const facts: FileFacts = { fileId, userType: file.channel.idType, phoneAs: file.channel.unconfirmed.phoneAs, schema: file.schema, night: file.night };
  context.workspace().targetLists.write(file.list).finish({ ...facts, madeAt: new Date(context.now()).toISOString() });
  journal.outcome(makingStep, { sent: 0, succeeded: 0, moved: 0, failed: [], requests: 0, unconfirmed: 0, fileId });
  return fileId;
}

/** Kakao shows no schema while a file has no valid customer (kakao-api.md 8.2): one that shows any was filled by somebody else. */
async function findMade({ name, channel: { publicId }, schema }: TargetFile, channel: KakaoChannel): Promise<number | undefined> {
  const found = (await channel.listFiles(publicId)).find((file) => file.name === name);
  if (found === undefined) return undefined;
  refuseOtherSchema(name, found, schema);
  if (Object.keys(found.schema ?? {}).length > 0) throw fileUnknown(name);
  return found.fileId;
}

async function make(context: Context, file: TargetFile, journal: Journal, channel: KakaoChannel): Promise<number> {
  // A plan may be days old: what it found is looked for again.
  await findTargetFile(context, file.channel, file.name, file);
  journal.intend(makingStep, { kind: "create" });
  let mayBeMade = false;
  try {
    const made = await channel.createFile({ channelPublicId: file.channel.publicId, name: file.name, schema: file.schema }, () => (mayBeMade = true));
    if ("fileId" in made) return made.fileId;
    mayBeMade = false;
    throw made.outcome === "name-taken" ? nameTaken(file.name) : filesFull(0);
  } catch (error) {
    if (!mayBeMade) journal.intend(makingStep, { kind: "create", unmade: true });
    throw error;
  }
}

/** -817: someone else has made it since, it is among files that are not listed, or the name is not allowed. */
function nameTaken(name: string): RefusedError {
  const { code, hint } = fileUnknown(name);
  return new RefusedError({ code, message: say`Kakao takes no file of the name ${name} (-817): there is one that it does not list, or the name is not allowed.`, hint });
}
