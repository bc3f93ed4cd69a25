import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { AccountStatusTokens } from "./account-status.ts";
import { type Answer, Refusal, refusal } from "./answers.ts";
import { applyFaults } from "./apply-faults.ts";
import { CustomerFiles } from "./customer-files.ts";
import { type Environment, type Exchange, loggable, readSent, refuseCaller, send, type Sent } from "./exchange.ts";
import { Faults } from "./faults.ts";
import { type Endpoint, endpointsOf } from "./operations/table.ts";
import { randomFrom } from "./random.ts";
import { RateLimit } from "./rate-limit.ts";
import { RequestLog } from "./request-log.ts";
import { defaultSettings, type Settings } from "./settings.ts";
import { type LoadedUser, Users } from "./users.ts";
import { Webhooks, type WebhookTargets } from "./webhooks.ts";
import type { World } from "./world.ts";

/** A request as the `onRequest` hook sees it. */
export interface IncomingRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  /** What was sent as JSON. */
  readonly body: unknown;
}

/** How to start a simulator; everything has a default. */
export interface SimulatorOptions extends Partial<Settings> {
  /** 0, the default: any free port. Only 127.0.0.1 is listened on. */
  readonly port?: number;
  /** A random one when left out. */
  readonly adminKey?: string;
  /** The clock, in milliseconds since 1970, also of the answers' `Date`; Date.now when left out. */
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
  readonly files: CustomerFiles;
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  /** Rotation in the console: the former key is refused from now on. */
  replaceAdminKey(key: string): void;
  /** Stops listening, ends open connections and notices under way. A second time does nothing. */
  close(): Promise<void>;
}

/** Starts a simulated Kakao (kakao-api.md sections 1 to 8) that answers over real HTTP on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings: Settings = { ...defaultSettings, ...options };
  const now = options.now ?? (() => Date.now());
  let adminKey = options.adminKey ?? randomBytes(16).toString("hex");
  const tokens = new AccountStatusTokens();
  const webhooks = new Webhooks(options.webhooks ?? {}, { appId: settings.appId, tokens, adminKey: () => adminKey, now });
  const users = new Users({ now, legacyIds: settings.legacyIds, onEvent: (event) => webhooks.notify(event) });
  if (options.users !== undefined) users.load(options.users);
  const world: World = {
    settings, users, files: new CustomerFiles(settings.addingAgain), now, faults: new Faults(), random: randomFrom(settings.appId), adminKey: () => adminKey,
    listing: new RateLimit(settings.listingPerMinute, settings.listingWindow),
  };
  const requests = new RequestLog(options.keepRequests ?? 100_000);
  const server = createServer(getRequestListener(buildApp(world, requests, tokens, options.onRequest).fetch, { overrideGlobalObjects: false }));
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${port}`, port, appId: settings.appId, users, files: world.files, requests, faults: world.faults, webhooks,
    get adminKey() {
      return adminKey;
    },
    replaceAdminKey: (key) => {
      adminKey = key;
    },
    close: async () => {
      webhooks.close();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function buildApp(world: World, requests: RequestLog, tokens: AccountStatusTokens, onRequest: SimulatorOptions["onRequest"]): Hono<Environment> {
  const app = new Hono<Environment>();
  const respond = async (exchange: Exchange, endpoint: Endpoint | undefined): Promise<Response> => {
    const { method, path } = exchange.req;
    const sent = await readSent(exchange);
    await onRequest?.({ method, path, ...sent });
    const answer = endpoint ? await perform(world, exchange, endpoint, sent) : unsupported(method, path);
    const { status, code } = answer;
    requests.add({ at: world.now(), method, path, parameters: loggable(sent, world.adminKey()), status, ...(code === undefined ? {} : { code }) });
    return send(exchange, answer, world.now());
  };
  for (const endpoint of endpointsOf(world.settings)) app.on(endpoint.method, endpoint.path, (exchange) => respond(exchange, endpoint));
  app.get("/.well-known/jwks.json", (exchange) => exchange.json(tokens.jwks()));
  app.notFound((exchange) => respond(exchange, undefined));
  return app;
}

/** A call that a fault meets counts against the limit like any other. */
async function perform(world: World, exchange: Exchange, endpoint: Endpoint, sent: Sent): Promise<Answer> {
  const { settings, listing, faults } = world;
  const refused = refuseCaller(exchange, settings.allowedIps, world.adminKey());
  if (refused) return refused.answer();
  if (endpoint.limited === true && !listing.take(world.now())) return refusal(-10, settings.rateLimitStatus).answer();
  return applyFaults(faults.meet(endpoint.path, sent.parameters.get("target_id")), () => carryOut(world, endpoint, sent));
}

function carryOut(world: World, endpoint: Endpoint, { parameters, body }: Sent): Answer {
  try {
    return endpoint.operation(world, parameters, body);
  } catch (error) {
    if (error instanceof Refusal) return error.answer();
    throw error;
  }
}

/** Loud about what is not simulated, so that nobody takes a wrong path for an empty answer. */
function unsupported(method: string, path: string): Answer {
  return { status: 501, body: JSON.stringify({ msg: `The simulator does not support ${method} ${path}.`, method, path }) };
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
