import type { Settings } from "../settings.ts";
import type { Operation } from "../world.ts";
import { readRelationsOfOne, readRelationsOfSeveral } from "./channel-relations.ts";
import { addUsers, createFile, listFiles, removeUsers } from "./customer-files.ts";
import { listIds } from "./list-ids.ts";
import { readUser, readUsers } from "./read-users.ts";
import { listScopes, revokeScopes } from "./scopes.ts";
import { listTerms, revokeTerms, upgradeTerms } from "./service-terms.ts";
import { logOutUser, unlinkUser } from "./unlink.ts";

/** One endpoint with what answers it. */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly operation: Operation;
  /** Counts against the calls a minute (kakao-api.md section 5). */
  readonly limited?: boolean;
}

/** The endpoints the simulator knows (kakao-api.md section 2, 3.1 to 3.7, 3.10, 3.11, 8.1 to 8.4). */
export function endpointsOf(settings: Settings): Endpoint[] {
  return [
    { method: "GET", path: "/v1/user/ids", operation: listIds, limited: true },
    { method: "GET", path: "/v2/app/users", operation: readUsers },
    ...(settings.appUsersPost ? [{ method: "POST", path: "/v2/app/users", operation: readUsers } as const] : []),
    { method: "GET", path: "/v2/user/me", operation: readUser },
    { method: "POST", path: "/v2/user/me", operation: readUser },
    { method: "POST", path: "/v1/user/unlink", operation: unlinkUser },
    { method: "POST", path: "/v1/user/logout", operation: logOutUser },
    { method: "GET", path: "/v2/user/scopes", operation: listScopes },
    { method: "POST", path: "/v2/user/revoke/scopes", operation: revokeScopes },
    { method: "GET", path: "/v2/user/service_terms", operation: listTerms },
    { method: "POST", path: "/v2/user/upgrade/service_terms", operation: upgradeTerms },
    { method: "POST", path: "/v2/user/revoke/service_terms", operation: revokeTerms },
    { method: "GET", path: "/v2/api/talk/channels", operation: readRelationsOfOne },
    { method: "GET", path: "/v2/api/talk/channels/multi", operation: readRelationsOfSeveral },
    { method: "POST", path: "/v1/talkchannel/create/target_user_file", operation: createFile },
    { method: "GET", path: "/v1/talkchannel/target_user_file", operation: listFiles },
    { method: "POST", path: "/v1/talkchannel/update/target_users", operation: addUsers },
    { method: "POST", path: "/v1/talkchannel/delete/target_users", operation: removeUsers },
  ];
}
