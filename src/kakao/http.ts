import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import axios from "axios";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { throwIfStopped } from "./pace.ts";

/** A request as Kakao's APIs take it: parameters go into the query of a GET and the form body of a POST, unless that has a body of its own. */
export interface KakaoRequest {
  readonly method: "GET" | "POST";
  /** From the root: `/v1/user/ids`. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Sent as JSON instead of parameters, as the customer-file API takes it (kakao-api.md 8.0). Ids in it are text: a number would be rounded. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Success may come without a body: what it holds is unconfirmed. */
  readonly mayBeEmpty?: true;
}

/** What came back, whatever its status; or why nothing did. Nothing here ever holds the key. */
export type HttpAnswer =
  | { readonly answered: true; readonly status: number; readonly text: string; readonly retryAfter: string | null; readonly date: string | null }
  | { readonly answered: false; readonly reason: string };

/** Sends one request; `signal` ends it without an answer. Throws only if the run was stopped before, or the key cannot stand in a header. */
export type SendRequest = (request: KakaoRequest, adminKey: string, signal: AbortSignal | undefined) => Promise<HttpAnswer>;

/** Far above what Kakao answers (100 users are some 100 kB): a wrong address must not fill the memory. */
const largestAnswer = 16 * 1024 * 1024;

/**
 * The only door to Kakao. The key is put into the `Authorization` header here and nowhere else; axios's own errors, which
 * carry that header, end here. Redirects are not followed and proxies from the environment not used: either would hand the
 * key to another host. Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 * Throws StartError for a base address that is no https address (http: loopback only).
 */
export function createSendRequest(baseUrl: string, timeoutMs: number): SendRequest {
  const base = checkBaseUrl(baseUrl);
  const http = axios.create({
    adapter: "http",
    httpAgent: new HttpAgent({ keepAlive: true, maxSockets: 64 }),
    httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: 64, rejectUnauthorized: true }),
    proxy: false,
    maxRedirects: 0,
    maxContentLength: largestAnswer,
    // Parsed elsewhere: left alone, axios would parse JSON and round 64-bit ids.
    responseType: "text",
    validateStatus: () => true,
  });

  return async function sendRequest(request, adminKey, signal) {
    throwIfStopped(signal);
    const { headers: typed, ...addressed } = address(base, request);
    const headers = { ...typed, Authorization: `KakaoAK ${checkAdminKey(adminKey)}`, "User-Agent": "kakao-sync" };
    const limit = limitTime(timeoutMs, signal);
    try {
      const response = await http.request<unknown>({ ...addressed, headers, signal: limit.signal });
      const { "retry-after": retryAfter, date }: Readonly<Record<string, unknown>> = response.headers;
      return {
        answered: true,
        status: response.status,
        text: typeof response.data === "string" ? response.data : "",
        retryAfter: typeof retryAfter === "string" ? retryAfter : null,
        date: typeof date === "string" ? date : null,
      };
    } catch (error) {
      return { answered: false, reason: limit.expired() ? say`no answer within ${String(timeoutMs / 1000)} s` : reasonOf(error) };
    } finally {
      limit.clear();
    }
  };
}

/** The base address without a slash at its end, or a StartError. Only its own text is ever shown, and not if it holds a password. */
function checkBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const bare = url !== undefined && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (!bare || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new StartError({
      code: "kakao-base-url",
      message: "kakao.baseUrl is not a plain https address.",
      hint: "Write kakao.baseUrl: https://kapi.kakao.com, without user name, query or fragment.",
    });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw new StartError({
      code: "kakao-base-url",
      message: say`kakao.baseUrl names ${url.host} over plain http: the admin key would travel readable.`,
      hint: "Use https. Plain http is allowed for loopback addresses only (127.0.0.1, [::1], localhost).",
    });
  }
  return url.href.replace(/\/+$/, "");
}

/** `URL` has already brought every spelling of an IPv4 address into dotted form. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function checkAdminKey(adminKey: string): string {
  if (/^[\x21-\x7e]+$/.test(adminKey)) return adminKey;
  throw new StartError({
    code: "kakao-key-unreadable",
    message: "The Kakao admin key is empty or holds blanks, line ends or characters that no key has.",
    hint: "Copy the admin key (앱 키 > 어드민 키) again, into kakao.adminKey's variable or the file of kakao.adminKeyFile.",
  });
}

function address(base: string, request: KakaoRequest): { method: string; url: string; data?: string | Buffer; headers?: Record<string, string> } {
  const url = base + request.path;
  // As bytes: axios would parse a text of this type again.
  if (request.body !== undefined) return { method: "POST", url, data: Buffer.from(JSON.stringify(request.body)), headers: { "Content-Type": "application/json;charset=UTF-8" } };
  const fields = new URLSearchParams(request.parameters).toString();
  // axios sends text as application/x-www-form-urlencoded, which is what the user API takes.
  if (request.method === "POST") return { method: "POST", url, data: fields };
  return { method: "GET", url: fields === "" ? url : `${url}?${fields}` };
}

/** One limit for the whole exchange: axios's own timeout starts anew with every byte. */
function limitTime(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, timeoutMs);
  function stop(): void {
    controller.abort();
  }
  signal?.addEventListener("abort", stop, { once: true });
  return {
    signal: controller.signal,
    expired: () => expired,
    clear(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    },
  };
}

/** The system's short code (`ECONNRESET`) and nothing else: an axios error's text and fields may hold what was sent. */
function reasonOf(error: unknown): string {
  const code: unknown = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : say`the connection failed`;
}
