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

  constructor(code: number, message: string, extra: Readonly<Record<string, unknown>> = {}, status = statusOf(code)) {
    super(message);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }

  answer(): Answer {
    return { status: this.status, code: this.code, body: JSON.stringify({ msg: this.message, code: this.code, ...this.extra }) };
  }
}

const statuses: ReadonlyMap<number, number> = new Map([
  [-3, 403], [-4, 403], [-5, 403], [-6, 403], [-12, 403], [-401, 401], [-402, 403], [-406, 401], [-9798, 503],
]);

/** HTTP status that goes with an error code (kakao-api.md 4.1 and 4.2); 400 for every other one. */
export function statusOf(code: number): number {
  return statuses.get(code) ?? 400;
}

const messages: ReadonlyMap<number, string> = new Map([
  [-1, "internal error."], [-10, "API limit has been exceeded."], [-101, "NotRegisteredUserException"], [-103, "the account is inactive."],
  [-401, "invalid app key."], [-402, "insufficient scopes."], [-501, "given account is not connected to any talk user."],
  [-603, "timeout."], [-9798, "service under maintenance."],
]);

/** The message Kakao's samples show for a code (kakao-api.md 4.4), or a plain one. */
export function messageOf(code: number): string {
  return messages.get(code) ?? `error ${code}.`;
}

/** A refusal with the usual message of its code. */
export function refusal(code: number, status?: number): Refusal {
  return new Refusal(code, messageOf(code), {}, status);
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
