import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type Context, Hono } from "hono";
import { AccountStatusTokens } from "./account-status.ts";
import { type Answer, Refusal, refusal } from "./answers.ts";
import { applyFaults } from "./apply-faults.ts";
import { Faults } from "./faults.ts";
import { operationsFor } from "./operations/table.ts";
import { randomFrom } from "./random.ts";
import { RateLimit } from "./rate-limit.ts";
import { RequestLog } from "./request-log.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { type LoadedUser, Users } from "./users.ts";
import { Webhooks, type WebhookTargets } from "./webhooks.ts";
import type { Operation, World } from "./world.ts";

/** A request as the `onRequest` hook sees it. */
export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
}

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions extends Partial<Settings> {
  /** 0, the default: any free port. Only 127.0.0.1 is listened on. */
  readonly port?: number;
  /** A random one when left out. */
  readonly adminKey?: string;
  /** The clock, in milliseconds since 1970; Date.now when left out. */
  readonly now?: () => number;
  /** Users to begin with, as in Users.load. */
  readonly users?: string | readonly LoadedUser[];
  readonly webhooks?: WebhookTargets;
  /** How many requests the log keeps in full; 100,000 when left out. */
  readonly keepRequests?: number;
  /** Called before each request is answered: for users who link or unlink in the middle of a listing. */
  readonly onRequest?: (request: IncomingRequest) => void | Promise<void>;
}

/** A running Kakao. */
export interface Simulator {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  readonly appId: number;
  /** The valid key; changes with replaceAdminKey. */
  readonly adminKey: string;
  readonly users: Users;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  /** Rotation in the console: the former key is refused from now on. */
  replaceAdminKey(key: string): void;
  /** Stops listening, ends open connections and notices under way. */
  close(): Promise<void>;
}

/** Starts a simulated Kakao (kakao-api.md sections 1 to 7) that answers over real HTTP on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings: Settings = { ...defaultSettings, ...options };
  const now = options.now ?? Date.now;
  let adminKey = options.adminKey ?? randomBytes(16).toString("hex");
  const tokens = new AccountStatusTokens();
  const webhooks = new Webhooks(options.webhooks ?? {}, { appId: settings.appId, tokens, adminKey: () => adminKey, now });
  const users = new Users({ now, legacyIds: settings.legacyIds, onEvent: (event) => webhooks.notify(event) });
  if (options.users !== undefined) users.load(options.users);
  const world: World = {
    settings, users, now, faults: new Faults(), random: randomFrom(settings.appId), adminKey: () => adminKey,
    listing: new RateLimit(settings.listingPerMinute, settings.listingWindow),
  };
  const requests = new RequestLog(options.keepRequests ?? 100_000);
  const server = createServer(getRequestListener(buildApp(world, requests, tokens, options.onRequest).fetch, { overrideGlobalObjects: false }));
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`, port, appId: settings.appId, users, requests, faults: world.faults, webhooks,
    get adminKey() {
      return adminKey;
    },
    replaceAdminKey: (key) => {
      adminKey = key;
    },
    close: async () => {
      webhooks.close();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

type Environment = { Bindings: HttpBindings };

function buildApp(world: World, requests: RequestLog, tokens: AccountStatusTokens, onRequest: SimulatorOptions["onRequest"]): Hono<Environment> {
  const app = new Hono<Environment>();
  const respond = async (context: Context<Environment>, operation: Operation | undefined): Promise<Response> => {
    const { method, path } = context.req;
    const parameters = await readParameters(context);
    await onRequest?.({ method, path, parameters });
    const answer = operation ? await perform(world, context, operation, parameters) : unsupported(method, path);
    const { status, code } = answer;
    requests.add({ at: world.now(), method, path, parameters: loggable(parameters, world.adminKey()), status, ...(code === undefined ? {} : { code }) });
    return send(context, answer);
  };
  for (const { method, path, operation } of operationsFor(world.settings)) app.on(method, path, (context) => respond(context, operation));
  app.get("/.well-known/jwks.json", (context) => context.json(tokens.jwks()));
  app.notFound((context) => respond(context, undefined));
  return app;
}

async function perform(world: World, context: Context<Environment>, operation: Operation, parameters: URLSearchParams): Promise<Answer> {
  try {
    checkCaller(world, context);
    const faults = world.faults.meet(context.req.path, parameters.get("target_id"));
    return await applyFaults(faults, () => operation(world, parameters));
  } catch (error) {
    if (error instanceof Refusal) return error.answer();
    throw error;
  }
}

/** The order is Kakao's own secret: the address is looked at first, so that a wrong address tells nothing about the key. */
function checkCaller({ settings, adminKey }: World, context: Context<Environment>): void {
  const caller = context.env.incoming.socket.remoteAddress ?? "";
  if (settings.allowedIps.length > 0 && !settings.allowedIps.includes(caller)) {
    throw new Refusal(-401, `ip mismatched! callerIp=${caller}. check out registered ips.`);
  }
  const authorization = context.req.header("authorization");
  if (authorization === undefined) throw new Refusal(-401, "this access token does not exist");
  if (authorization !== `KakaoAK ${adminKey()}`) throw refusal(-401);
}

/** Form parameters of a POST, query parameters of everything else; a body of another type counts as none. */
async function readParameters(context: Context<Environment>): Promise<URLSearchParams> {
  if (context.req.method === "POST") {
    const isForm = context.req.header("content-type")?.toLowerCase().startsWith("application/x-www-form-urlencoded") ?? false;
    const body = await context.req.text();
    return new URLSearchParams(isForm ? body : "");
  }
  const { url } = context.req;
  const query = url.indexOf("?");
  return new URLSearchParams(query < 0 ? "" : url.slice(query + 1));
}

function loggable(parameters: URLSearchParams, adminKey: string): Record<string, string> {
  const kept = [...parameters].filter(([name]) => name !== "app_key");
  return Object.fromEntries(kept.map(([name, value]) => [name, value.replaceAll(adminKey, "(admin key)")]));
}

/** Loud about what is not simulated, so that nobody takes a wrong path for an empty answer. */
function unsupported(method: string, path: string): Answer {
  return { status: 501, body: JSON.stringify({ msg: `The simulator does not support ${method} ${path}.`, method, path }) };
}

function send(context: Context<Environment>, { status, body, html }: Answer): Response {
  if (status === 0) {
    context.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  const type = html === true ? "text/html;charset=UTF-8" : "application/json;charset=UTF-8";
  return new Response(body, { status, headers: { "content-type": type } });
}

async function listen(server: Server, port: number): Promise<number> {
  // Longer than any pause of a client, so that no idle connection ends just as the client uses it again.
  server.keepAliveTimeout = 75_000;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the simulator listens on no port");
  return address.port;
}
