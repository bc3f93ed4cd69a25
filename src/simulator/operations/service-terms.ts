import { jsonWithId, Refusal, succeed } from "../answers.ts";
import type { AppTerm } from "../app-setup.ts";
import { invalid, readCommaList } from "../parameters.ts";
import { type AgreedTerm, formatTime, type SimulatedUser } from "../users.ts";
import { findTarget, type Operation, type World } from "../world.ts";

/** `GET /v2/user/service_terms` (kakao-api.md 3.7): the agreed terms, or with `result=app_service_terms` all of the app. */
export const listTerms: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const result = parameters.get("result") ?? "agreed_service_terms";
  if (result !== "agreed_service_terms" && result !== "app_service_terms") throw invalid("result");
  const tags = readCommaList(parameters, "tags");
  if (tags) requireTags(world, tags, "get service terms");
  const agreed = agreedTerms(world, user);
  const terms = world.settings.serviceTerms
    .filter(({ tag }) => tags?.includes(tag) ?? true)
    .map((term) => renderTerm(term, agreed.find(({ tag }) => tag === term.tag)))
    .filter((term) => result === "app_service_terms" || term["agreed"] === true);
  return succeed(jsonWithId(id, { service_terms: terms }));
};

/** `POST /v2/user/upgrade/service_terms`: records consents the service collected; answers only what changed. */
export const upgradeTerms: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const tags = readTags(parameters);
  const agreed = agreedTerms(world, user);
  const now = formatTime(world.now());
  const added: AgreedTerm[] = world.settings.serviceTerms
    .filter(({ tag }) => tags.includes(tag) && !agreed.some((term) => term.tag === tag))
    .map(({ tag }) => ({ tag, agreed_at: now, agreed_by: "KAPI" }));
  world.users.replace(id, { ...user, service_terms: [...agreed, ...added] });
  return succeed(jsonWithId(id, { agreed_service_terms: added.map(({ tag, ...rest }) => ({ tag, agreed: true, ...rest })) }));
};

/** `POST /v2/user/revoke/service_terms`: -2 for unknown tags; terms that are not agreed stay out of the answer. */
export const revokeTerms: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const tags = readTags(parameters);
  requireTags(world, tags, "revoke");
  const agreed = agreedTerms(world, user);
  const revoked = agreed.filter(({ tag }) => tags.includes(tag));
  world.users.replace(id, { ...user, service_terms: agreed.filter((term) => !revoked.includes(term)) });
  return succeed(jsonWithId(id, { revoked_service_terms: revoked.map(({ tag }) => ({ tag, agreed: false })) }));
};

function renderTerm({ tag, required }: AppTerm, agreed: AgreedTerm | undefined): Record<string, unknown> {
  const base = { tag, required, agreed: agreed !== undefined, revocable: agreed !== undefined && !required };
  return agreed ? { ...base, agreed_at: agreed.agreed_at, agreed_by: agreed.agreed_by } : base;
}

function agreedTerms(world: World, user: SimulatedUser): readonly AgreedTerm[] {
  if (user.service_terms) return user.service_terms;
  const at = user.synched_at;
  if (at === undefined) return [];
  return world.settings.serviceTerms.filter(({ required }) => required).map(({ tag }) => ({ tag, agreed_at: at, agreed_by: "KAUTH" }));
}

function readTags(parameters: URLSearchParams): string[] {
  const tags = readCommaList(parameters, "tags");
  if (!tags || tags.length === 0) throw invalid("tags");
  return tags;
}

function requireTags(world: World, tags: readonly string[], deed: string): void {
  if (tags.some((tag) => world.settings.serviceTerms.some((term) => term.tag === tag))) return;
  const hint = `check out to configured this tags([${tags.join(",")}]) in app(${world.settings.appId}).`;
  throw new Refusal(-2, `There is no tags to ${deed}. ${hint}`);
}
