import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import type { UnlinkReason } from "../../src/simulator/users.ts";
import type { WebhookTargets } from "../../src/simulator/webhooks.ts";
import { ask, target } from "./ask.ts";

interface Received {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

let receiver: Server;
let url: string;
let received: Received[];
let answer: (response: ServerResponse) => void;
let simulator: Simulator;

beforeEach(async () => {
  received = [];
  answer = (response) => response.writeHead(200).end();
  receiver = createServer((request, response) => void receive(request, response)).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const address = receiver.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/hook`;
});
afterEach(async () => {
  await simulator.close();
  receiver.closeAllConnections();
  receiver.close();
});

async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  const { authorization, "content-type": type } = request.headers;
  received.push({ line: `${request.method} ${request.url}`, authorization, type, body });
  answer(response);
}

async function start(webhooks: WebhookTargets): Promise<void> {
  simulator = await startSimulator({ adminKey: "key", users: [5, 6].map((id) => ({ id })), webhooks, now: () => 1_700_000_000_000 });
}

test.each<UnlinkReason>(["ACCOUNT_DELETE", "FORCED_ACCOUNT_DELETE", "UNLINK_FROM_ADMIN", "UNLINK_FROM_APPS", "INCOMPLETE_SIGN_UP"])(
  "%s is told by POST with the admin key", async (reason) => {
    await start({ unlink: { url, method: "POST" } });
    simulator.users.unlink("5", reason);
    await simulator.webhooks.settled();
    expect(received).toEqual([{
      line: "POST /hook", authorization: "KakaoAK key", type: "application/x-www-form-urlencoded;charset=utf-8",
      body: `app_id=424242&user_id=5&referrer_type=${reason}`,
    }]);
    expect(simulator.webhooks.deliveries).toEqual([{ kind: "unlink", id: "5", event: "user-unlinked", outcome: "delivered", status: 200 }]);
  },
);

test("or by GET in the query", async () => {
  await start({ unlink: { url: `${url}?shop=1`, method: "GET" } });
  simulator.users.unlink("5", "UNLINK_FROM_APPS");
  await simulator.webhooks.settled();
  expect(received.map(({ line }) => line)).toEqual(["GET /hook?shop=1&app_id=424242&user_id=5&referrer_type=UNLINK_FROM_APPS"]);
});

test("the service's own unlinking sends no unlink webhook, but an account status", async () => {
  answer = (response) => response.writeHead(202).end();
  await start({ unlink: { url, method: "POST" }, accountStatus: { url, audience: "rest-key" } });
  await ask(simulator, "POST", "/v1/user/unlink", target("5"));
  await simulator.webhooks.settled();
  expect(received.map(({ type }) => type)).toEqual(["application/secevent+jwt"]);
  expect(claimsOf(received[0]?.body ?? "")["events"]).toEqual({
    "https://schemas.openid.net/secevent/oauth/event-type/user-unlinked": {
      subject: { subject_type: "iss-sub", iss: "https://kauth.kakao.com", sub: "5" }, reason: "UNLINK_FROM_SERVICE",
    },
  });
});

test("no second try after a refusal, a redirect is not followed, and too late an answer counts as none", async () => {
  const answers: ((response: ServerResponse) => void)[] = [
    (response) => response.writeHead(500).end(),
    (response) => response.writeHead(302, { location: `${url}/elsewhere` }).end(),
    () => undefined,
  ];
  answer = (response) => answers[received.length - 1]?.(response);
  await start({ unlink: { url, method: "POST" }, timeoutMs: 200 });
  for (const id of ["5", "6", simulator.users.link()]) {
    simulator.users.unlink(id, "UNLINK_FROM_APPS");
    await simulator.webhooks.settled();
  }
  expect(received).toHaveLength(3);
  expect(simulator.webhooks.deliveries.map(({ outcome, status }) => [outcome, status])).toEqual([
    ["refused", 500], ["refused", 302], ["no-answer", undefined],
  ]);
});

test("account-status tokens verify against the published key and name audience, time and transaction", async () => {
  answer = (response) => response.writeHead(202).end();
  await start({ accountStatus: { url, audience: "rest-key", transactionClaim: "txn" } });
  await ask(simulator, "POST", "/v1/user/logout", target("6"));
  await simulator.webhooks.settled();
  const token = received[0]?.body ?? "";
  expect(claimsOf(token)).toMatchObject({ iss: "https://kauth.kakao.com", aud: "rest-key", sub: "6", iat: 1_700_000_000, toe: 1_700_000_000 });
  expect(claimsOf(token)["txn"]).toMatch(/^[0-9a-f-]{36}$/);
  const [header = "", claims = "", signature = ""] = token.split(".");
  const jwks = await (await fetch(`${simulator.url}/.well-known/jwks.json`)).json() as { keys: (JsonWebKey & { kid: string })[] };
  const { kid, typ, alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as Record<string, string>;
  expect([typ, alg]).toEqual(["secevent+jwt", "RS256"]);
  const jwk = jwks.keys.find((key) => key.kid === kid) ?? {};
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  expect(verify("RSA-SHA256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(verify("RSA-SHA256", Buffer.from(`${header}.${claims}x`), key, Buffer.from(signature, "base64url"))).toBe(false);
  expect(simulator.webhooks.deliveries).toMatchObject([{ kind: "account-status", outcome: "delivered", status: 202 }]);
});

test("an account-status answer of 200 instead of 202 is a refusal", async () => {
  await start({ accountStatus: { url, audience: "rest-key" } });
  simulator.users.link();
  await simulator.webhooks.settled();
  expect(simulator.webhooks.deliveries).toMatchObject([{ event: "user-linked", outcome: "refused", status: 200 }]);
});

test("closing does not wait for a receiver that does not answer", async () => {
  answer = () => undefined;
  await start({ unlink: { url, method: "POST" }, timeoutMs: 60_000 });
  simulator.users.unlink("5", "UNLINK_FROM_APPS");
  await simulator.close();
  await simulator.webhooks.settled();
  expect(simulator.webhooks.deliveries).toMatchObject([{ outcome: "no-answer" }]);
});

function claimsOf(token: string): Record<string, unknown> {
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  return Object.fromEntries(Object.entries(claims ?? {}));
}
