import type { Context } from "../../context.ts";
import { RefusedError, StartError } from "../../errors.ts";
import type { Inspection } from "../../database/service-database.ts";
import type { Run, RunFacts } from "../../workspace/runs.ts";
import type { UnlinkKind } from "../../workspace/unlink-store.ts";
import { say } from "../../say.ts";
import { findOrphans, type FoundOrphans } from "./find-orphans.ts";
import { unlinkFiles, writeUnlinkingPlan, type WrittenUnlinkPlan } from "./write-unlinking-plan.ts";

/** Flags that choose what a plan takes in. */
export interface UnlinkPlanFlags {
  /** Milliseconds; 24 h at least. */
  readonly olderThan?: number;
  readonly kinds?: readonly UnlinkKind[];
  readonly limit?: number;
  readonly exclude?: string;
  /** Milliseconds: a snapshot that is younger serves as the listing. */
  readonly maxAge?: number;
}

export interface UnlinkInput extends UnlinkPlanFlags {
  readonly inspection: Inspection;
  readonly operator: string;
}

const dayMs = 24 * 3_600_000;
const usualKinds: readonly UnlinkKind[] = ["incomplete", "withdrawn"];

/** Makes the unlinking plan: everything is in the run's folder before the run is registered; a run that was killed before that leaves nothing that counts. */
export async function planUnlinking(context: Context, input: UnlinkInput): Promise<Run> {
  if (input.olderThan !== undefined && input.olderThan < dayMs) {
    throw new StartError({ code: "usage", message: "--older-than is less than 24 hours.", hint: "Write 24h or more: a younger link may still be on its way to becoming a member (U1)." });
  }
  const workspace = context.workspace();
  const found = await findOrphans(context, input);
  const { id, folder } = workspace.runs.prepare(seconds(context));
  const draft = workspace.createUnlinkStore({ id, folder });
  try {
    const choice = { kinds: input.kinds ?? usualKinds, limit: input.limit };
    const written = await writeUnlinkingPlan({ context, inspection: input.inspection, folder, found, choice, draft });
    refuseMiscount(found, written);
    const { digest, unlinks } = draft.finish();
    const run = workspace.runs.create(id, await describeRun(context, input, found, written, digest, unlinks));
    const { members, kakaoUsers } = found.numbers;
    context.record({ event: "planned", run: id, counts: { planned: unlinks, members, kakaoUsers }, ci: { received: found.ciReceived, used: found.ciReceived, destroyed: found.ciReceived }, digests: { plan: digest } });
    return run;
  } catch (error) {
    draft.discard();
    workspace.runs.discard(id);
    throw error;
  }
}

/** Every Kakao user has one kind: a plan whose counts do not add up is wrong, whatever it is that went wrong. */
function refuseMiscount({ users }: FoundOrphans, { counts }: WrittenUnlinkPlan): void {
  const sum = [counts.unlink, counts.keep].flatMap((part) => Object.values(part)).reduce((total, count) => total + count, 0);
  if (sum !== users.length) throw new RefusedError({ code: "counts-differ", message: say`The kinds add up to ${sum} Kakao users, the listing has ${users.length}.`, hint: "Nothing was planned. Please report this; the same command may be run again." });
}

async function describeRun(context: Context, input: UnlinkInput, found: FoundOrphans, written: WrittenUnlinkPlan, digest: string, unlinks: number): Promise<RunFacts> {
  const { listing, links, numbers } = found;
  const gone = Object.values(written.gone).reduce((sum, count) => sum + count, 0);
  return {
    command: "unlink-orphans",
    operator: input.operator,
    host: context.host,
    createdAt: seconds(context),
    counts: {
      kakaoUsers: numbers.kakaoUsers,
      members: numbers.members,
      counts: written.counts,
      gone,
      heldTwice: found.heldTwice,
      planned: unlinks,
      goneBy: written.gone,
      clearable: written.clearable,
      linkedSince: found.linkedSince,
      links: links.links,
      malformedLinks: links.malformedLinks,
      danglingLinks: links.danglingLinks,
      excluded: found.excluded,
      excludedUnknown: found.excludedUnknown,
      ...(Object.keys(found.unreadablePlaces).length === 0 ? {} : { unreadablePlaces: found.unreadablePlaces }),
      decided: found.decided,
      detailsRead: found.detailsRead,
      listedAt: new Date(listing.takenAt * 1000).toISOString(),
      app: context.config.kakao.app,
      numbers: { ...numbers, unlinks },
    },
    digests: { plan: digest, config: context.configDigest, decisions: null, database: (await context.database()).identity },
    snapshot: listing.generation === null ? null : { generation: listing.generation, takenAt: listing.takenAt },
    files: unlinkFiles,
  };
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
