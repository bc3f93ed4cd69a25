import { failureOf, takeChecked, type Attempt, type Caller } from "./call.ts";
import type { CustomerFile, CustomerFileAnswer, CustomerFileRequest, KakaoChannel } from "./channel.ts";
import { checkCounts, checkCustomerFiles, checkNewFile } from "./channel-responses.ts";
import { unclearFileError, unexpectedAnswerError } from "./errors.ts";
import { FILE_USERS_PER_CALL } from "./forecast.ts";
import type { KakaoRequest } from "./http.ts";
import { userCodes } from "./read-users.ts";
import { get, postJson } from "./requests.ts";
import { mayHaveHappened, noWaits } from "./retry.ts";

type CustomerFiles = Omit<KakaoChannel, "readRelations">;
type NewFile = Parameters<CustomerFiles["createFile"]>[0];
type FileAnswer = Awaited<ReturnType<CustomerFiles["createFile"]>>;

/** The customer-file API (kakao-api.md section 8). All of it but the list writes: whoever rehearses must not get here with the real Kakao. */
export function createCustomerFiles(caller: Caller): CustomerFiles {
  return {
    listFiles: (channelPublicId) => listFiles(caller, channelPublicId),
    createFile: (file, mayBeMade) => createFile(caller, file, mayBeMade),
    addUsers({ users, ...file }) {
      checkSize(users.length);
      return changeUsers(caller, file, postJson("/v1/talkchannel/update/target_users", { ...membersOf(file), users }));
    },
    removeUsers({ ids, removeAs, ...file }) {
      checkSize(ids.length);
      const userIds = removeAs === "ids" ? ids : ids.map((id) => ({ id }));
      return changeUsers(caller, file, postJson("/v1/talkchannel/delete/target_users", { ...membersOf(file), user_ids: userIds }, { mayBeEmpty: true }));
    },
  };
}

async function listFiles(caller: Caller, channelPublicId: string): Promise<readonly CustomerFile[]> {
  const request = get("/v1/talkchannel/target_user_file", { channel_public_id: channelPublicId });
  const result = await caller.call(request, "read");
  if (result.is === "refused") throw result.error;
  return takeChecked(caller, request, result.body, checkCustomerFiles);
}

/** A repetition could make a second file, or be told that the name is taken by the first: after any attempt that may have made it, the list is read. */
async function createFile(caller: Caller, file: NewFile, mayBeMade?: () => void): Promise<FileAnswer> {
  const { channelPublicId, name, schema } = file;
  const request = postJson("/v1/talkchannel/create/target_user_file", { channel_public_id: channelPublicId, file_name: name, schema });
  let waits = noWaits;
  let unclear = false;
  for (;;) {
    const attempt = await caller.attempt(request, "write");
    if (attempt.is === "accepted" || mayHaveHappened(attempt)) mayBeMade?.();
    if (attempt.is === "accepted") return { outcome: "created", fileId: await readNewFile(caller, request, attempt.body, file) };
    unclear ||= mayHaveHappened(attempt);
    const refused = whyNoFile(attempt);
    const next = refused === undefined ? await caller.waitToRepeat(waits, attempt, request, "write") : "fail";
    const found = unclear ? await findFile(caller, request, file) : undefined;
    if (found !== undefined) return { outcome: "existed", fileId: found };
    if (refused !== undefined) return { outcome: refused };
    if (next === "fail") throw failureOf(attempt, caller.facts(request));
    waits = next;
  }
}

function whyNoFile(attempt: Attempt): "name-taken" | "too-many-files" | undefined {
  if (attempt.is !== "refused") return undefined;
  return attempt.code === -817 ? "name-taken" : attempt.code === -818 ? "too-many-files" : undefined;
}

/** From the answer, or where that does not tell it from the list: the file is there. */
async function readNewFile(caller: Caller, request: KakaoRequest, body: unknown, file: NewFile): Promise<number> {
  const checked = checkNewFile(body);
  return checked.ok ? checked.value : ((await findFile(caller, request, file)) ?? takeChecked(caller, request, body, checkNewFile));
}

/** The number of the file of that name. A list that names a file not at all cannot say that there is none. */
async function findFile(caller: Caller, request: KakaoRequest, { channelPublicId, name }: NewFile): Promise<number | undefined> {
  const files = await listFiles(caller, channelPublicId);
  const found = files.find((file) => file.name === name);
  if (found === undefined && files.some((file) => file.name === undefined)) throw unclearFileError(caller.facts(request));
  return found?.fileId;
}

/** Repeated after no answer, too: the same ids once more change nothing that counts here (kakao-api.md section 5, 8.3). */
async function changeUsers(caller: Caller, { fileId }: CustomerFileRequest, request: KakaoRequest): Promise<CustomerFileAnswer> {
  let waits = noWaits;
  let repeated = false;
  for (;;) {
    const attempt = await caller.attempt(request, "write");
    if (attempt.is === "accepted") {
      const { fileId: answered, requested, succeeded } = takeChecked(caller, request, attempt.body, checkCounts);
      if (answered !== null && answered !== fileId) throw unexpectedAnswerError(caller.facts(request), "it is about another file");
      return { outcome: "answered", repeated, requested, succeeded };
    }
    repeated ||= mayHaveHappened(attempt);
    const next = await caller.waitToRepeat(waits, attempt, request, "write");
    if (next !== "fail") {
      waits = next;
      continue;
    }
    if (attempt.is === "refused" && isAboutUsers(attempt)) return { outcome: "refused", code: attempt.code };
    throw failureOf(attempt, caller.facts(request));
  }
}

/** Whether fewer or other users could be taken: a refused parameter, a code that speaks of one user, or a body that is wrong or too large. */
function isAboutUsers({ code, status }: { readonly code: number | null; readonly status: number }): boolean {
  return code === -2 || (code !== null && userCodes.has(code)) || (code === null && (status === 400 || status === 413 || status === 422));
}

function membersOf({ fileId, channelPublicId, userType }: CustomerFileRequest): Readonly<Record<string, unknown>> {
  return { file_id: fileId, channel_public_id: channelPublicId, user_type: userType };
}

function checkSize(users: number): void {
  if (users < 1 || users > FILE_USERS_PER_CALL) throw new RangeError(`1 to ${String(FILE_USERS_PER_CALL)} users a request, not ${String(users)}`);
}
