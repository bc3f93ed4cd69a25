import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { type Answer, Refusal, refusal } from "./answers.ts";
import { isObject, parseJson } from "./parameters.ts";

/** Members of a JSON body that name nobody. */
const loggedMembers: ReadonlySet<string> = new Set(["file_id", "channel_public_id", "file_name", "schema", "user_type"]);

export type Environment = { Bindings: HttpBindings };

/** One HTTP request on its connection, and the place for its answer. */
export type Exchange = Context<Environment>;

/** -401 for a caller Kakao would not talk to. The address is looked at first, so that a wrong one tells nothing about the key. */
export function refuseCaller(exchange: Exchange, allowedIps: readonly string[], adminKey: string): Refusal | undefined {
  const caller = exchange.env.incoming.socket.remoteAddress ?? "";
  if (allowedIps.length > 0 && !allowedIps.includes(caller)) {
    return new Refusal(-401, `ip mismatched! callerIp=${caller}. check out registered ips.`);
  }
  const authorization = exchange.req.header("authorization");
  if (authorization === undefined) return new Refusal(-401, "this access token does not exist");
  return authorization === `KakaoAK ${adminKey}` ? undefined : refusal(-401);
}

/** What came with a request: parameters, and what was sent as JSON (undefined: none, or none that can be read). */
export interface Sent {
  readonly parameters: URLSearchParams;
  readonly body: unknown;
}

/** Form parameters or JSON of a POST, query parameters of everything else; a body of another type counts as none. */
export async function readSent({ req }: Exchange): Promise<Sent> {
  if (req.method !== "POST") {
    const query = req.url.indexOf("?");
    return { parameters: new URLSearchParams(query < 0 ? "" : req.url.slice(query + 1)), body: undefined };
  }
  const type = req.header("content-type")?.toLowerCase() ?? "";
  const text = await req.text();
  if (type.startsWith("application/json")) return { parameters: new URLSearchParams(), body: parseJson(text) };
  return { parameters: new URLSearchParams(type.startsWith("application/x-www-form-urlencoded") ? text : ""), body: undefined };
}

/** Parameters and JSON members as the log keeps them: the admin key in none of them, and of the users of a customer file only how many they are. */
export function loggable({ parameters, body }: Sent, adminKey: string): Record<string, string> {
  const members = isObject(body) ? Object.entries(body).flatMap(([name, value]): [string, string][] => {
    if (name === "users" || name === "user_ids") return [[name, Array.isArray(value) ? String(value.length) : "(no list)"]];
    if (!loggedMembers.has(name)) return [];
    return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
  }) : [];
  const kept = [...parameters, ...members].filter(([name]) => name !== "app_key");
  return Object.fromEntries(kept.map(([name, value]) => [name, value.replaceAll(adminKey, "(admin key)")]));
}

/** With the simulator's own clock in the header. Written straight to the connection: half the time of a Response, which matters with 60,000 calls a run. */
export function send({ env }: Exchange, { status, body, html }: Answer, now: number): Response {
  if (status === 0) env.incoming.socket.destroy();
  else {
    const type = html === true ? "text/html;charset=UTF-8" : "application/json;charset=UTF-8";
    env.outgoing.writeHead(status, { "content-type": type, date: new Date(now).toUTCString(), "content-length": Buffer.byteLength(body) }).end(body);
  }
  return RESPONSE_ALREADY_SENT;
}
