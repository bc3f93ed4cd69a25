import type { KakaoId } from "../core/kakao-id.ts";

/** What the simulator sends: an HTTP status and a text. `code` is Kakao's error code, for the request log. */
export interface Answer {
  /** 0: no answer, the connection ends. */
  readonly status: number;
  /** JSON unless `html` says otherwise. */
  readonly body: string;
  readonly html?: boolean;
  readonly code?: number;
}

/** Thrown by an operation that answers with an error in Kakao's shape (kakao-api.md section 4). */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: number, message: string, extra: Readonly<Record<string, unknown>> = {}, status = statuses.get(code) ?? 400) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }

  answer(): Answer {
    return { status: this.status, code: this.code, body: JSON.stringify({ msg: this.message, code: this.code, ...this.extra }) };
  }
}

/** HTTP status that goes with an error code (kakao-api.md 4.1 to 4.3); 400 for every other one. */
const statuses: ReadonlyMap<number, number> = new Map([
  [-3, 403], [-4, 403], [-5, 403], [-6, 403], [-12, 403], [-401, 401], [-402, 403], [-406, 401], [-9798, 503],
]);

/** Messages of Kakao's samples (kakao-api.md 4.4), and plain ones. */
const messages: ReadonlyMap<number, string> = new Map([
  [-1, "internal error."], [-10, "API limit has been exceeded."], [-101, "NotRegisteredUserException"], [-103, "the account is inactive."],
  [-401, "invalid app key."], [-402, "insufficient scopes."], [-501, "given account is not connected to any talk user."],
  [-603, "timeout."], [-9798, "service under maintenance."], [-541, "no such channel."], [-544, "the channel is restricted."],
  [-816, "invalid file_id."], [-817, "the file name is in use or not allowed."], [-818, "no more than 30 files."], [-819, "the channel is not connected to the app."],
]);

/** A refusal with the usual message of its code, and with the lists that only -402 carries. */
export function refusal(code: number, status?: number): Refusal {
  const extra = code === -402 ? { api_type: "", required_scopes: [], allowed_scopes: [] } : {};
  return new Refusal(code, messages.get(code) ?? `error ${code}.`, extra, status);
}

/** HTTP 200 with this JSON text. */
export function succeed(body: string): Answer {
  return { status: 200, body };
}

/** JSON text of an object that starts with a 64-bit id, which a JavaScript number cannot carry. */
export function jsonWithId(id: KakaoId, rest: Readonly<Record<string, unknown>> = {}): string {
  const text = JSON.stringify(rest);
  return text === "{}" ? `{"id":${id}}` : `{"id":${id},${text.slice(1)}`;
}
