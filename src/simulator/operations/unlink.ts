import { jsonWithId, succeed } from "../answers.ts";
import { findTarget, type Operation } from "../world.ts";

/** `POST /v1/user/unlink` (kakao-api.md 3.4): cannot be undone; -101 the second time; no unlink webhook. */
export const unlinkUser: Operation = (world, parameters) => {
  const { id } = findTarget(world, parameters);
  world.users.unlink(id, "UNLINK_FROM_SERVICE");
  return succeed(jsonWithId(id));
};

/** `POST /v1/user/logout` (kakao-api.md 3.5): all tokens expire, the link stays. */
export const logOutUser: Operation = (world, parameters) => {
  const { id } = findTarget(world, parameters);
  world.users.announce("tokens-revoked", id);
  return succeed(jsonWithId(id));
};
