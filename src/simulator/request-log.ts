import type { KakaoId } from "../core/kakao-id.ts";

/** One request as it came in and what was answered. Headers, and with them the admin key, are never kept. */
export interface LoggedRequest {
  /** Counts from 1. */
  readonly number: number;
  /** Milliseconds since 1970, by the simulator's clock. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Decoded query and form parameters, without `app_key`; of a JSON body the members that name nobody, `users` and `user_ids` as how many they are. */
  readonly parameters: Readonly<Record<string, string>>;
  /** HTTP status; 0 when the connection was dropped. */
  readonly status: number;
  /** Kakao's error code, when the answer carried one. */
  readonly code?: number;
}

/** Which requests are meant: every given field must agree. */
export interface RequestFilter {
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
  readonly code?: number;
  /** `target_id` of the call. */
  readonly userId?: KakaoId;
}

/** What was asked of the simulator, the newest `keep` requests in full. */
export class RequestLog {
  readonly #keep: number;
  #entries: LoggedRequest[] = [];
  #total = 0;

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Requests since the start, also those no longer kept. */
  get total(): number {
    return this.#total;
  }

  add(request: Omit<LoggedRequest, "number">): void {
    this.#total += 1;
    this.#entries.push({ number: this.#total, ...request });
    if (this.#entries.length >= 2 * this.#keep) this.#entries = this.#entries.slice(-this.#keep);
  }

  find(filter: RequestFilter = {}): LoggedRequest[] {
    return this.#entries.filter((entry) => agrees(entry, filter));
  }

  count(filter: RequestFilter = {}): number {
    return this.find(filter).length;
  }

  /** Forgets what was asked so far; numbers go on. */
  clear(): void {
    this.#entries = [];
  }
}

function agrees(entry: LoggedRequest, filter: RequestFilter): boolean {
  return (filter.method ?? entry.method) === entry.method
    && (filter.path ?? entry.path) === entry.path
    && (filter.status ?? entry.status) === entry.status
    && (filter.code ?? entry.code) === entry.code
    && (filter.userId === undefined || filter.userId === entry.parameters["target_id"]);
}
