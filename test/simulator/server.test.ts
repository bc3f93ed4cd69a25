import { connect } from "node:net";
import { once } from "node:events";
import { afterEach, expect, test } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { ask, target } from "./ask.ts";

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator(options);
};
afterEach(() => simulator.close());

const list = (headers: Record<string, string> = {}) => ask(simulator, "GET", "/v1/user/ids", {}, headers);

test("a wrong key and a missing one are 401 with -401", async () => {
  await start({ adminKey: "right-key" });
  expect((await list()).status).toBe(200);
  expect(await list({ authorization: "KakaoAK wrong-key" })).toMatchObject({ status: 401, json: { code: -401, msg: "invalid app key." } });
  expect(await list({ authorization: "Bearer right-key" })).toMatchObject({ status: 401, json: { code: -401 } });
  const response = await fetch(`${simulator.url}/v1/user/ids`);
  expect([response.status, await response.json()]).toEqual([401, { code: -401, msg: "this access token does not exist" }]);
});

test("a replaced key is refused from then on", async () => {
  await start({ adminKey: "old-key" });
  simulator.replaceAdminKey("new-key");
  expect((await list({ authorization: "KakaoAK old-key" })).status).toBe(401);
  expect((await list({ authorization: "KakaoAK new-key" })).status).toBe(200);
  expect(simulator.adminKey).toBe("new-key");
});

test("once an address is registered, every other caller is refused with its address", async () => {
  await start({ allowedIps: ["203.0.113.5"] });
  expect(await list()).toMatchObject({ status: 401, json: { code: -401, msg: "ip mismatched! callerIp=127.0.0.1. check out registered ips." } });
  await simulator.close();
  await start({ allowedIps: ["127.0.0.1"] });
  expect((await list()).status).toBe(200);
});

test.each([
  ["GET", "/v1/api/talk/channels"], ["POST", "/v1/user/signup"], ["POST", "/v1/user/ids"], ["GET", "/v1/user/unlink"], ["GET", "/v1/user/service_terms"],
] as const)("what is not simulated is 501 and named: %s %s", async (method, path) => {
  await start();
  const { status, json } = await ask(simulator, method, path);
  expect([status, json]).toEqual([501, { msg: `The simulator does not support ${method} ${path}.`, method, path }]);
});

test("a body that is no form counts as no parameters", async () => {
  await start({ users: [{ id: 5 }] });
  const body = new URLSearchParams(target("5")).toString();
  const headers = { authorization: `KakaoAK ${simulator.adminKey}`, "content-type": "application/json" };
  const response = await fetch(`${simulator.url}/v1/user/unlink`, { method: "POST", headers, body });
  expect([response.status, await response.json()]).toEqual([400, { code: -2, msg: "invalid parameter: target_id_type" }]);
  expect(simulator.users.has("5")).toBe(true);
});

test("every answer has the date of the simulator's own clock", async () => {
  await start({ now: () => Date.parse("2031-02-03T04:05:06.789Z") });
  for (const path of ["/v1/user/ids", "/nothing"]) expect((await fetch(simulator.url + path)).headers.get("date")).toBe("Mon, 03 Feb 2031 04:05:06 GMT");
});

test("the log keeps decoded parameters, status and code, and the key nowhere", async () => {
  await start({ adminKey: "very-secret-key", users: [{ id: 5 }], now: () => 1000 });
  await ask(simulator, "POST", "/v1/user/unlink", target("5"));
  await ask(simulator, "POST", "/v1/user/unlink", target("5"));
  await ask(simulator, "GET", "/v1/user/ids", { limit: "3", app_key: "very-secret-key", from_id: "very-secret-key" });
  await ask(simulator, "GET", "/nothing");
  expect(simulator.requests.find()).toEqual([
    { number: 1, at: 1000, method: "POST", path: "/v1/user/unlink", parameters: target("5"), status: 200 },
    { number: 2, at: 1000, method: "POST", path: "/v1/user/unlink", parameters: target("5"), status: 400, code: -101 },
    { number: 3, at: 1000, method: "GET", path: "/v1/user/ids", parameters: { limit: "3", from_id: "(admin key)" }, status: 400, code: -2 },
    { number: 4, at: 1000, method: "GET", path: "/nothing", parameters: {}, status: 501 },
  ]);
  expect(simulator.requests.count({ path: "/v1/user/unlink", userId: "5" })).toBe(2);
  expect(simulator.requests.find({ code: -101 }).map(({ number }) => number)).toEqual([2]);
  simulator.requests.clear();
  expect([simulator.requests.count(), simulator.requests.total]).toEqual([0, 4]);
});

test("the log keeps the newest requests in full and counts all", async () => {
  await start({ keepRequests: 3, listingPerMinute: Infinity });
  for (let call = 0; call < 8; call += 1) await list();
  const numbers = simulator.requests.find().map(({ number }) => number);
  expect(numbers.slice(-3)).toEqual([6, 7, 8]);
  expect(numbers.length).toBeLessThan(6);
  expect(simulator.requests.total).toBe(8);
});

test("many calls share one connection", async () => {
  await start();
  const socket = connect(simulator.port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const request = `GET /v1/user/ids HTTP/1.1\r\nHost: kakao\r\nAuthorization: KakaoAK ${simulator.adminKey}\r\n\r\n`;
  for (let call = 1; call <= 50; call += 1) {
    socket.write(request);
    while (text.split('{"elements":[]}').length <= call) await once(socket, "data");
  }
  expect(text.split("HTTP/1.1 200 OK")).toHaveLength(51);
  socket.destroy();
});

test("closing ends open connections, idle ones and one in the middle of a slow answer", async () => {
  await start();
  simulator.faults.add({ fault: { slowMs: 60_000 } });
  const idle = connect(simulator.port, "127.0.0.1");
  await once(idle, "connect");
  const slow = list().catch(() => "ended");
  while (simulator.faults.met === 0) await new Promise(setImmediate);
  const ended = once(idle, "close");
  await simulator.close();
  await ended;
  expect(await slow).toBe("ended");
  await expect(list()).rejects.toThrow();
});
