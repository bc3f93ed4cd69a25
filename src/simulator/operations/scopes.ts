import { accountItems, agreedToItem, withoutItem } from "../account-items.ts";
import { jsonWithId, Refusal, succeed } from "../answers.ts";
import type { ScopeSetup } from "../app-setup.ts";
import { invalid, readTextList } from "../parameters.ts";
import type { SimulatedUser } from "../users.ts";
import { findTarget, type Operation } from "../world.ts";

/** `GET /v2/user/scopes` (kakao-api.md 3.6): items in use, and those out of use that this user agreed to once. */
export const listScopes: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const wanted = readTextList(parameters, "scopes");
  const scopes = world.settings.scopes
    .filter((scope) => wanted?.includes(scope.id) ?? true)
    .filter((scope) => scope.using || hasAgreed(user, scope.id))
    .map((scope) => renderScope(user, scope));
  return succeed(jsonWithId(id, { scopes }));
};

/** `POST /v2/user/revoke/scopes` (kakao-api.md 3.6): 403/-3 for a required item, 400/-2 for one that was never agreed to. */
export const revokeScopes: Operation = (world, parameters) => {
  const { id, user } = findTarget(world, parameters);
  const wanted = readTextList(parameters, "scopes");
  if (!wanted || wanted.length === 0) throw invalid("scopes");
  const scopes = wanted.map((name) => {
    const scope = world.settings.scopes.find((known) => known.id === name);
    if (!scope || !hasAgreed(user, name)) {
      throw new Refusal(-2, `There is no scopes to revoke. check out if given scope id([${name}]) is correct again.`);
    }
    if (scope.required) {
      throw new Refusal(-3, `[${name}] is not revocable. check out if it's set as required on developers.kakao.com`);
    }
    return scope;
  });
  const changed = wanted.reduce(withoutScope, user);
  world.users.replace(id, changed);
  world.users.announce("user-scope-withdraw", id);
  return succeed(jsonWithId(id, { scopes: scopes.map((scope) => renderScope(changed, scope)) }));
};

function renderScope(user: SimulatedUser, scope: ScopeSetup): Record<string, unknown> {
  const agreed = hasAgreed(user, scope.id);
  return {
    id: scope.id, display_name: scope.displayName, type: scope.type, using: scope.using, agreed,
    ...(agreed ? { revocable: !scope.required } : {}),
  };
}

/** Whether a user agrees now, as far as the account's flags or `scopes` say so. */
export function hasAgreed(user: SimulatedUser, scope: string): boolean {
  const item = accountItems.find((known) => known.scope === scope);
  return (item !== undefined && agreedToItem(user.kakao_account ?? {}, item) === true) || (user.scopes?.includes(scope) ?? false);
}

function withoutScope(user: SimulatedUser, scope: string): SimulatedUser {
  const item = accountItems.find((known) => known.scope === scope);
  const account = item && agreedToItem(user.kakao_account ?? {}, item) !== undefined && withoutItem(user.kakao_account ?? {}, item);
  return {
    ...user,
    ...(account ? { kakao_account: account } : {}),
    ...(user.scopes ? { scopes: user.scopes.filter((name) => name !== scope) } : {}),
  };
}
