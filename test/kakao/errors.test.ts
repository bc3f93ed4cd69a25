import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { InterruptedError, OperatorError, StartError } from "../../src/errors.ts";
import { KakaoCallError } from "../../src/kakao/client.ts";
import { adminKey, collect, createRig, everythingOf, failureOf, startOddServer, type Answer, type OddServer } from "./test-client.ts";

let servers: OddServer[] = [];
beforeEach(() => {
  servers = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.map((server) => server.close()));
});

async function start(respond: Parameters<typeof startOddServer>[0]): Promise<OddServer> {
  const server = await startOddServer(respond);
  servers.push(server);
  return server;
}

function refusal(code: number, status: number, msg = `echo ${adminKey}`): Answer {
  return { status, body: JSON.stringify({ msg, code }) };
}

const ipMismatch = refusal(-401, 401, "ip mismatched! callerIp=203.0.113.5. check out registered ips.");

describe("the key", () => {
  const troubles: readonly [string, Answer][] = [
    ["a wrong key", refusal(-401, 401)],
    ["an address not registered", ipMismatch],
    ["no permission", refusal(-5, 403)],
    ["a refused parameter", refusal(-2, 400)],
    ["the quota", refusal(-10, 400)],
    ["a fault that stays", refusal(-1, 400)],
    ["an unknown code", refusal(-777, 400)],
    ["a page of HTML", { body: `<html>${adminKey}` }],
    ["another JSON", { body: `{"key":"${adminKey}"}` }],
    ["a 404", { status: 404, body: JSON.stringify({ key: adminKey }) }],
    ["a gateway's page", { status: 502, body: adminKey }],
    ["a redirect", { status: 302, headers: { location: `http://127.0.0.1:1/?app_key=${adminKey}` }, body: "" }],
    ["silence", "drop"],
    ["an answer that never ends", { headers: { "content-length": "1000" }, body: "{" }],
  ];

  test.each(troubles)("is in the header, and in nothing that %s leaves behind", async (_name, answer) => {
    const server = await start(() => answer);
    const { client } = createRig(server.url, { timeoutMs: 200 });
    const attempts = [
      () => client.readUser("9223372036854775806", []),
      () => collect(client.listUserIds()),
      () => client.readBasics(["5"]),
      () => client.unlinkLooking("9223372036854775806", () => Promise.resolve("repeat")),
    ];
    for (const attempt of attempts) {
      const error = await failureOf(attempt().then(failUnlessRow));
      if (error === rowFailed) continue;
      expect(error).toBeInstanceOf(OperatorError);
      expect((error as OperatorError).hint).not.toBe("");
      const everything = everythingOf(error);
      expect(everything).not.toContain(adminKey);
      expect(everything).not.toMatch(/KakaoAK|authorization|app_key|9223372036854775806/i);
    }
    expect(server.requests[0]?.headers.authorization).toBe(`KakaoAK ${adminKey}`);
    expect(JSON.stringify(server.requests.map((request) => [request.path, [...request.parameters]]))).not.toContain(adminKey);
  });

  test.each(["", " ", "key\r\nx: y", "열쇠", "a b"])("that cannot stand in a header (%j) is refused before a call, and not shown", async (key) => {
    const server = await start(() => ({ body: "[]" }));
    const error = await failureOf(createRig(server.url, { adminKey: () => key }).client.readBasics(["1"]));
    expect(error).toMatchObject({ code: "kakao-key-unreadable", exitCode: 2 });
    if (key.trim() !== "") expect(everythingOf(error)).not.toContain(key);
    expect(server.requests).toHaveLength(0);
  });

  test("is read anew once after -401 and used from then on", async () => {
    const server = await start(({ headers }) => (headers.authorization === "KakaoAK second" ? { body: "[]" } : refusal(-401, 401)));
    let read = 0;
    const { client, calls } = createRig(server.url, {
      adminKey: () => "first",
      refreshKey: () => {
        read += 1;
        return "second";
      },
    });
    await Promise.all([client.readBasics(["1"]), client.readBasics(["2"])]);
    await client.readBasics(["3"]);
    expect(read).toBe(1);
    expect(server.requests.map((request) => request.headers.authorization).sort()).toEqual(
      ["KakaoAK first", "KakaoAK first", "KakaoAK second", "KakaoAK second", "KakaoAK second"],
    );
    expect(calls.map((call) => call.code).filter((code) => code === -401)).toHaveLength(2);
  });

  test.each([["the same", adminKey], ["none", undefined], ["another wrong one", "wrong"]])("when the new reading gives %s, ends the run", async (_name, again) => {
    const server = await start(() => refusal(-401, 401));
    const { client } = createRig(server.url, { refreshKey: () => again });
    expect(await failureOf(client.readBasics(["1"]))).toMatchObject({ code: "kakao-401" });
    expect(server.requests).toHaveLength(again === "wrong" ? 2 : 1);
  });
});

test("an address that is not registered is no reason to read the key anew", async () => {
  const server = await start(() => ipMismatch);
  const { client } = createRig(server.url, { refreshKey: () => "second" });
  expect(await failureOf(client.readBasics(["1"]))).toMatchObject({ code: "kakao-ip-mismatch" });
  expect(server.requests).toHaveLength(1);
});

describe("what an operator is told", () => {
  async function failing(answer: Answer): Promise<unknown> {
    const server = await start(() => answer);
    return failureOf(createRig(server.url).client.readBasics(["1"]));
  }

  test("a wrong key and an address that is not registered are told apart", async () => {
    const wrong = await failing(refusal(-401, 401, "invalid app key."));
    expect(wrong).toMatchObject({ code: "kakao-401", message: expect.stringContaining("admin key") as string });
    expect((wrong as OperatorError).hint).toContain("어드민 키");
    const address = await failing(ipMismatch);
    expect(address).toMatchObject({ code: "kakao-ip-mismatch", message: expect.stringContaining("203.0.113.5") as string });
    expect((address as OperatorError).hint).toContain("호출 허용 IP 주소");
  });

  test("a key that is wrong at once could not start; one that stops working failed part-way", async () => {
    expect(await failing(refusal(-401, 401))).toBeInstanceOf(StartError);
    const server = await start((_request, number) => (number === 1 ? { body: "[]" } : refusal(-401, 401)));
    const { client } = createRig(server.url);
    await client.readBasics(["1"]);
    expect(await failureOf(client.readBasics(["1"]))).toMatchObject({ code: "kakao-401", exitCode: 4 });
  });

  test.each<[string, Answer, string]>([
    ["the quota", refusal(-10, 400), "kakao-quota"],
    ["429 without JSON", { status: 429, body: "slow down" }, "kakao-quota"],
    ["no JSON", { body: "<html>" }, "kakao-not-json"],
    ["no JSON under 404", { status: 404, body: "<html>" }, "kakao-not-json"],
    ["an empty body", { status: 204, body: "" }, "kakao-not-json"],
    ["JSON that is no object", { body: "7" }, "kakao-not-json"],
    ["JSON without a code under 404", { status: 404, body: "{}" }, "kakao-http-404"],
    ["a page under 502", { status: 502, body: "<html>" }, "kakao-http-502"],
    ["maintenance", refusal(-9798, 503), "kakao-9798"],
    ["a feature switched off", refusal(-3, 403), "kakao-3"],
    ["a missing permission", refusal(-5, 403), "kakao-5"],
    ["a sanctioned app", refusal(-12, 403), "kakao-12"],
    ["a redirect", { status: 307, headers: { location: "/v2/app/users" }, body: "" }, "kakao-redirect"],
    ["a code under HTTP 200", refusal(-5, 200), "kakao-5"],
    ["silence", "drop", "kakao-no-answer"],
  ])("%s", async (_name, answer, code) => {
    const error = await failing(answer);
    expect(error).toBeInstanceOf(KakaoCallError);
    expect(error).toMatchObject({ code, exitCode: 4 });
  });

  test("nobody listening", async () => {
    const server = await start(() => "drop");
    await server.close();
    servers = [];
    const error = await failureOf(createRig(server.url).client.readBasics(["1"]));
    expect(error).toMatchObject({ code: "kakao-no-answer", message: expect.stringContaining("ECONNREFUSED") as string });
  });
});

describe("the way to Kakao", () => {
  test.each(["http://kapi.kakao.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "http://[::2]", "http://10.0.0.1", "http://0.0.0.0"])(
    "%s is refused: plain http",
    (url) => {
      expect(() => createRig(url)).toThrow(StartError);
      expect(() => createRig(url)).toThrow(/plain http/);
    },
  );

  test.each(["", "kapi.kakao.com", "ftp://kapi.kakao.com", "https://user:pass@kapi.kakao.com", "https://kapi.kakao.com/?a=b", "https://kapi.kakao.com/#a"])(
    "%s is no base address, and not repeated in the message",
    (url) => {
      expect(() => createRig(url)).toThrow(/not a plain https address/);
    },
  );

  test.each(["https://kapi.kakao.com", "https://kapi.kakao.com/", "http://localhost:1", "http://127.0.0.1:1", "http://127.9.9.9:1", "http://[::1]:1"])(
    "%s is accepted",
    (url) => {
      expect(() => createRig(url)).not.toThrow();
    },
  );

  test.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
    const trap = await start(() => ({ body: "[]" }));
    const server = await start(() => ({ status, headers: { location: trap.url }, body: "{}" }));
    const { client } = createRig(server.url);
    expect(await failureOf(client.readBasics(["1"]))).toMatchObject({ code: "kakao-redirect" });
    expect(await failureOf(client.unlink("1"))).toMatchObject({ code: "kakao-redirect" });
    expect(trap.requests).toHaveLength(0);
  });

  test("a proxy in the environment is not used", async () => {
    const proxy = await start(() => ({ body: "[]" }));
    const server = await start(() => ({ body: "[]" }));
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]) vi.stubEnv(name, proxy.url);
    await createRig(server.url).client.readBasics(["1"]);
    expect([proxy.requests.length, server.requests.length]).toEqual([0, 1]);
  });

  test("connections are kept open", async () => {
    const ports = new Set<number | undefined>();
    const server = await start((_request, _number, response) => {
      ports.add(response.req.socket.remotePort);
      return { body: "[]" };
    });
    const { client } = createRig(server.url);
    for (let call = 0; call < 5; call += 1) await client.readBasics(["1"]);
    expect(ports.size).toBe(1);
  });
});

describe("repeats and stops", () => {
  test("a read survives what passes, each attempt counted", async () => {
    const server = await start((_request, number) =>
      number === 1 ? "drop" : number === 2 ? refusal(-1, 400) : number === 3 ? { status: 502, body: "<html>" } : number === 4 ? refusal(-9798, 503) : { body: "[]" },
    );
    const { client, waits, calls } = createRig(server.url);
    expect(await client.readBasics(["1"])).toEqual([]);
    expect(waits).toEqual([500, 1_000, 2_000, 16_000]);
    expect(calls.map(({ path, code }) => [path, code])).toEqual([null, -1, null, -9798, null].map((code) => ["/v2/app/users", code]));
  });

  test("Retry-After is honoured", async () => {
    const server = await start((_request, number) =>
      number === 1 ? { status: 503, headers: { "retry-after": "20" }, body: "" } : { body: "[]" },
    );
    const { client, waits } = createRig(server.url);
    await client.readBasics(["1"]);
    expect(waits).toEqual([20_000]);
  });

  test("an answer that takes too long is no answer", async () => {
    const server = await start(() => new Promise(() => undefined));
    const error = await failureOf(createRig(server.url, { timeoutMs: 30 }).client.readBasics(["1"]));
    expect(error).toMatchObject({ code: "kakao-no-answer", message: expect.stringContaining("0.03 s") as string });
    expect(server.requests).toHaveLength(6);
  });

  test("an answer that drips beyond the time limit is no answer", async () => {
    const server = await start((_request, _number, response) => {
      const drip = setInterval(() => response.write(" "), 10);
      response.on("close", () => {
        clearInterval(drip);
      });
      return new Promise(() => undefined);
    });
    expect(await failureOf(createRig(server.url, { timeoutMs: 100 }).client.readBasics(["1"]))).toMatchObject({ code: "kakao-no-answer" });
  });

  test("a read that the stop ended is counted, and not repeated", async () => {
    const controller = new AbortController();
    const server = await start(() => {
      controller.abort();
      return new Promise(() => undefined);
    });
    const { client, calls, waits } = createRig(server.url, { signal: controller.signal });
    expect(await failureOf(client.readBasics(["1"]))).toBeInstanceOf(InterruptedError);
    expect([calls.length, waits]).toEqual([1, []]);
  });

  test("stopping ends a read under way, a wait before a repeat and a wait for the listing's minute", async () => {
    const silent = await start(() => new Promise(() => undefined));
    const faulty = await start(() => refusal(-1, 400));
    const stops = [
      (signal: AbortSignal) => createRig(silent.url, { signal }).client.readBasics(["1"]),
      (signal: AbortSignal) => createRig(faulty.url, { signal, sleep: until }).client.readBasics(["1"]),
      (signal: AbortSignal) =>
        collect(
          createRig(faulty.url, { signal, sleep: until, listingPerMinute: 1, now: () => 5, listingStore: { load: () => [1], save: () => undefined } }).client.listUserIds(),
        ),
    ];
    for (const stop of stops) {
      const controller = new AbortController();
      const failure = failureOf(stop(controller.signal));
      setTimeout(() => {
        controller.abort();
      }, 50);
      expect(await failure).toBeInstanceOf(InterruptedError);
    }
  });
});

const rowFailed = new Error("a row's code, without an error");

function failUnlessRow(result: unknown): void {
  if (typeof result === "object" && result !== null && "outcome" in result) throw rowFailed;
}

/** A sleep that only the signal ends. */
function until(_ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => {
      reject(new Error("woken"));
    });
  });
}
