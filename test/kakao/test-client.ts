import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { createKakaoClient, type CallRecord, type KakaoClient, type KakaoClientOptions } from "../../src/kakao/client.ts";

export const adminKey = "0123456789abcdef-admin-key";

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  /** The body of a POST as it came. */
  readonly text: string;
  readonly headers: IncomingMessage["headers"];
}

/** A small server that answers as the test says, and remembers what it was asked. */
export interface OddServer {
  readonly url: string;
  readonly port: number;
  readonly requests: Received[];
  close(): Promise<void>;
}

export type Answer = { status?: number; headers?: Record<string, string>; body: string } | "drop";

export async function startOddServer(
  respond: (request: Received, number: number, response: ServerResponse) => Answer | Promise<Answer>,
): Promise<OddServer> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const form = Buffer.concat(chunks).toString("utf8");
      const received: Received = {
        method: request.method ?? "",
        path: url.pathname,
        parameters: request.method === "POST" ? new URLSearchParams(form) : url.searchParams,
        text: form,
        headers: request.headers,
      };
      requests.push(received);
      const answer = await respond(received, requests.length, response);
      if (answer === "drop") {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status ?? 200, { "content-type": "application/json;charset=UTF-8", ...answer.headers });
      response.end(answer.body);
    })();
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
}

/** A client on a clock of its own: a wait takes no time and is written down. */
export interface Rig {
  readonly client: KakaoClient;
  readonly waits: number[];
  readonly calls: CallRecord[];
  now(): number;
}

export function createRig(baseUrl: string, more: Partial<KakaoClientOptions> = {}): Rig {
  let clock = Date.parse("2026-03-02T03:00:00Z");
  let times: readonly number[] = [];
  const waits: number[] = [];
  const calls: CallRecord[] = [];
  const client = createKakaoClient({
    baseUrl,
    adminKey: () => adminKey,
    requestsPerSecond: 1_000_000,
    listingPerMinute: 90,
    listingStore: { load: () => times, save: (saved) => void (times = saved) },
    now: () => clock,
    sleep: (ms) => {
      waits.push(ms);
      clock += ms;
      return Promise.resolve();
    },
    random: () => 0.5,
    onCall: (call) => void calls.push(call),
    ...more,
  });
  return { client, waits, calls, now: () => clock };
}

/** Everything a defect report or a careless log could show of an error. */
export function everythingOf(error: unknown): string {
  const stack = error instanceof Error ? [error.stack ?? "", inspect(error.cause, { depth: 10 })] : [];
  return [
    inspect(error, { depth: 10, showHidden: true }),
    String(error),
    JSON.stringify(error),
    JSON.stringify(error, Object.getOwnPropertyNames(Object(error))),
    ...stack,
  ].join("\n");
}

/** The error of a promise that must fail. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}

export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[][]> {
  const all: T[][] = [];
  for await (const page of pages) all.push([...page]);
  return all;
}
