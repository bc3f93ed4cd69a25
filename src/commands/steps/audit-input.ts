import type { AuditInput, ConfiguredUse, Day } from "../../core/consent/model.ts";
import type { Context } from "../../context.ts";
import type { ConsentTools } from "../../context/consent-tools.ts";
import { StartError } from "../../errors.ts";
import { say } from "../../say.ts";
import { listConfiguredUses } from "./audit-uses.ts";
import { type LiveLook, sampleLive } from "./sample-live.ts";
import { countListingPages } from "./sample-live-users.ts";
import { tellCalls } from "./tell-calls.ts";

const defaultSample = 100;
const basicsPerCall = 20;
const detailsPerCall = 20;

/** Where to look, and at whom. */
export interface AuditChoice {
  readonly file?: string;
  readonly live?: boolean;
  readonly sample?: number;
  readonly relation?: boolean;
}

/** Reads the consent file and, with `--live`, what Kakao answers: all that the rules look at. */
export async function readAuditInput(context: Context, tools: ConsentTools, choice: AuditChoice): Promise<{ readonly input: AuditInput; readonly look: LiveLook | undefined }> {
  const { consent, file, lineOf } = tools.load(consentPath(context, choice));
  const look = choice.live === true ? await lookLive(context, choice) : undefined;
  // Without anybody who answered it is not known what is on: rules that go by it would find everything off.
  const live = look?.sampled === 0 && consent.console?.items === undefined ? undefined : look;
  return { input: { consent, file, lineOf, today: dayOf(context.now()), uses: listUses(context, choice), live }, look };
}

/** `--file`, or what the configuration names. */
export function consentPath(context: Context, { file }: AuditChoice): string {
  return file ?? context.config.consent;
}

/** What the configuration needs; nothing where a file is named and there is no configuration. */
export function listUses(context: Context, { file, relation }: AuditChoice): readonly ConfiguredUse[] {
  try {
    return listConfiguredUses(context.config, relation === true);
  } catch (error) {
    if (file === undefined || !(error instanceof StartError) || error.code !== "config-missing") throw error;
    return relation === true ? [{ item: "plusfriends", by: "--relation" }] : [];
  }
}

/** Says what it will cost, and looks. */
export async function lookLive(context: Context, { sample = defaultSample }: AuditChoice): Promise<LiveLook> {
  context.lock();
  const { listingPerMinute, requestsPerSecond } = context.config.limits;
  const calls = { list: countListingPages(sample) + 2, basics: Math.ceil(sample / basicsPerCall), details: 2 * sample + Math.ceil(sample / detailsPerCall) };
  const minutes = calls.list / listingPerMinute + (calls.basics + calls.details) / requestsPerSecond / 60;
  tellCalls(context, say`Asking about ${sample.toLocaleString("en-US")} linked users, up to about`, { calls, minutes }, say`ask fewer users with --sample`);
  const look = await sampleLive(context, sample);
  if (look.sampled === 0) context.terminal.warn("No linked user is older than 24 hours: there is nobody to ask, and nothing is known of the live app.");
  return look;
}

/** The day in Korea. */
export function dayOf(ms: number): Day {
  return new Date(ms + 9 * 3_600_000).toISOString().slice(0, 10);
}
