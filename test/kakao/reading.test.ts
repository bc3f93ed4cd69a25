import { afterEach, describe, expect, test } from "vitest";
import { createRig, failureOf, startOddServer, type Answer, type OddServer } from "./test-client.ts";

let server: OddServer;
afterEach(() => server.close());

async function answering(...bodies: readonly (Answer | string)[]) {
  server = await startOddServer((_request, number) => {
    const answer = bodies[Math.min(number, bodies.length) - 1] ?? "drop";
    return typeof answer === "string" && answer !== "drop" ? { body: answer } : answer;
  });
  return createRig(server.url);
}

const big = ["9223372036854775806", "9223372036854775807"] as const;
const nothing = {
  ci: null,
  phoneNumber: null,
  email: null,
  isEmailValid: null,
  isEmailVerified: null,
  name: null,
  birthyear: null,
  birthday: null,
  birthdayType: null,
};

describe("several users", () => {
  test("ids travel as JSON text, unquoted, at full length", async () => {
    const { client } = await answering("[]");
    await client.readBasics(["101", ...big]);
    const [request] = server.requests;
    expect(request?.method).toBe("GET");
    expect(Object.fromEntries(request?.parameters ?? [])).toEqual({
      target_id_type: "user_id",
      target_ids: `[101,${big.join(",")}]`,
    });
  });

  test("property keys travel as JSON text", async () => {
    const { client } = await answering("[]");
    await client.readUsers(["1"], ["kakao_account.email", "kakao_account.ci"]);
    expect(server.requests[0]?.parameters.get("property_keys")).toBe('["kakao_account.email","kakao_account.ci"]');
  });

  test.each([
    ["a bare array", (users: string) => users],
    ["elements", (users: string) => `{"elements":${users}}`],
  ])("%s, in any order, ids at full length, who is missing left out", async (_name, wrap) => {
    const { client } = await answering(
      wrap(`[{"id":${big[1]},"connected_at":"2025-11-02T01:20:33Z"},{"id":7,"connected_at":"2024-05-09T10:00:00Z","synched_at":"2024-05-09T10:00:01Z"}]`),
    );
    expect(await client.readBasics(["7", ...big])).toEqual([
      { id: big[1], connectedAt: "2025-11-02T01:20:33Z", synchedAt: null },
      { id: "7", connectedAt: "2024-05-09T10:00:00Z", synchedAt: "2024-05-09T10:00:01Z" },
    ]);
  });

  test("an element without an id is no user, and a user comes once", async () => {
    const { client } = await answering('[{"code":-101},null,{"id":5},{"id":5}]');
    expect(await client.readBasics(["5", "6"])).toEqual([{ id: "5", connectedAt: null, synchedAt: null }]);
  });

  test("null and absent are alike, and a time that cannot be read is none", async () => {
    const { client } = await answering(
      '[{"id":1,"connected_at":null,"synched_at":"yesterday","kakao_account":null},{"id":2,"kakao_account":{"email":null,"ci_needs_agreement":false}},{"id":3}]',
    );
    expect(await client.readUsers(["1", "2", "3"], ["kakao_account."])).toEqual(
      ["1", "2", "3"].map((id) => ({ id, connectedAt: null, synchedAt: null, hasSignedUp: null, account: nothing })),
    );
  });

  test("a user that was not asked for is an error: an id got lost on the way", async () => {
    const { client } = await answering("[{\"id\":8}]");
    expect(await failureOf(client.readBasics(["7"]))).toMatchObject({ code: "kakao-unexpected-answer" });
  });

  test("one unlinked user that fails the whole call is found and left out", async () => {
    server = await startOddServer(({ parameters }) => {
      const ids = parameters.get("target_ids")?.slice(1, -1).split(",") ?? [];
      if (ids.includes("3")) return { status: 400, body: '{"msg":"NotRegisteredUserException","code":-101}' };
      return { body: `[${ids.map((id) => `{"id":${id}}`).join(",")}]` };
    });
    const users = await createRig(server.url).client.readBasics(["1", "2", "3", "4", "5"]);
    expect(users.map((user) => user.id)).toEqual(["1", "2", "4", "5"]);
  });

  test("a fault is not taken for an unlinked user", async () => {
    const { client } = await answering({ status: 400, body: '{"code":-2,"msg":"x"}' });
    expect(await failureOf(client.readBasics(["1", "2"]))).toMatchObject({ code: "kakao-2", kakaoCode: -2, exitCode: 4 });
    expect(server.requests).toHaveLength(1);
  });

  test("more users than Kakao takes, and what is no id, never leave the machine", async () => {
    const { client } = await answering("[]");
    const ids = Array.from({ length: 101 }, (_, at) => String(at + 1));
    expect(await failureOf(client.readBasics(ids))).toBeInstanceOf(RangeError);
    expect(await failureOf(client.readUsers(ids.slice(0, 21), []))).toBeInstanceOf(RangeError);
    expect(await failureOf(client.readBasics(["1],[2"]))).toBeInstanceOf(TypeError);
    expect(await failureOf(client.readUser("0", []))).toBeInstanceOf(TypeError);
    expect(await client.readBasics([])).toEqual([]);
    expect(server.requests).toHaveLength(0);
  });
});

describe("one user", () => {
  test("every account field", async () => {
    const { client } = await answering(
      `{"id":${big[0]},"has_signed_up":false,"connected_at":"2025-11-02T01:20:33Z","synched_at":"2025-11-02T01:20:33Z","properties":{"a":"b"},
       "kakao_account":{"ci":"Q0k=","phone_number":"+82 10-5555-0147","email":"mina@example.com","is_email_valid":true,"is_email_verified":false,
       "name":"김민아","birthyear":"1991","birthday":"0715","birthday_type":"LUNAR","is_leap_month":false,"profile":{"nickname":"Mina"}}}`,
    );
    expect(await client.readUser(big[0], ["kakao_account."])).toEqual({
      id: big[0],
      connectedAt: "2025-11-02T01:20:33Z",
      synchedAt: "2025-11-02T01:20:33Z",
      hasSignedUp: false,
      account: {
        ci: "Q0k=",
        phoneNumber: "+82 10-5555-0147",
        email: "mina@example.com",
        isEmailValid: true,
        isEmailVerified: false,
        name: "김민아",
        birthyear: "1991",
        birthday: "0715",
        birthdayType: "LUNAR",
      },
    });
    expect(Object.fromEntries(server.requests[0]?.parameters ?? [])).toEqual({
      target_id_type: "user_id",
      target_id: big[0],
      property_keys: '["kakao_account."]',
    });
  });

  test("-101 is not-linked, whatever the HTTP status; another code is its own error", async () => {
    expect(await (await answering({ status: 200, body: '{"code":-101,"msg":"x"}' })).client.readUser("1", [])).toBe("not-linked");
    await server.close();
    const { client } = await answering({ status: 400, body: '{"code":-103,"msg":"x"}' });
    expect(await failureOf(client.readUser("1", []))).toMatchObject({ code: "kakao-103", kakaoCode: -103 });
  });

  test("an answer about another user is an error", async () => {
    const { client } = await answering('{"id":2}');
    expect(await failureOf(client.readUser("1", []))).toMatchObject({ code: "kakao-unexpected-answer" });
  });

  test("a field of another type is named, its value is not", async () => {
    const { client } = await answering('{"id":1,"kakao_account":{"phone_number":{"secret":"+82 10-5555-0147"}}}');
    const error = await failureOf(client.readUser("1", []));
    expect(error).toMatchObject({ code: "kakao-unexpected-answer", message: expect.stringContaining("answer.kakao_account.phone_number") as string });
    expect(String(error)).not.toContain("5555");
  });
});

describe("isLinked", () => {
  test("basics that hold the user are enough: nothing personal is read", async () => {
    const { client } = await answering('[{"id":1}]');
    expect(await client.isLinked("1")).toBe(true);
    expect(server.requests.map((request) => request.path)).toEqual(["/v2/app/users"]);
  });

  test("false only after -101 for that very user", async () => {
    const { client } = await answering("[]", { status: 400, body: '{"code":-101,"msg":"x"}' });
    expect(await client.isLinked("1")).toBe(false);
    expect(server.requests.map(({ path, parameters }) => [path, parameters.get("target_id"), parameters.get("property_keys")])).toEqual([
      ["/v2/app/users", null, null],
      ["/v2/user/me", "1", '["kakao_account.age_range"]'],
    ]);
  });

  test("left out of the basics and yet there: linked", async () => {
    expect(await (await answering("[]", '{"id":1}')).client.isLinked("1")).toBe(true);
  });

  test.each([-103, -2, -402, -777])("%i says nothing about the link", async (code) => {
    const { client } = await answering("[]", { status: 400, body: `{"code":${String(code)},"msg":"x"}` });
    expect(await failureOf(client.isLinked("1"))).toMatchObject({ kakaoCode: code });
  });
});

describe("consents", () => {
  test("scopes", async () => {
    const { client } = await answering(
      '{"id":1,"scopes":[{"id":"phone_number","display_name":"전화번호","type":"PRIVACY","using":true,"agreed":true,"revocable":true,"delegated":false},{"id":"plusfriends","display_name":"채널","type":"PRIVACY","using":false,"agreed":false}]}',
    );
    expect(await client.readScopes("1")).toEqual([
      { id: "phone_number", displayName: "전화번호", type: "PRIVACY", using: true, agreed: true, revocable: true },
      { id: "plusfriends", displayName: "채널", type: "PRIVACY", using: false, agreed: false, revocable: null },
    ]);
    expect(server.requests[0]?.path).toBe("/v2/user/scopes");
  });

  test("service terms", async () => {
    const { client } = await answering(
      '{"id":1,"service_terms":[{"tag":"tos_2025","required":true,"agreed":true,"revocable":false,"agreed_at":"2025-11-02T01:20:33Z","agreed_by":"KAUTH"},{"tag":"marketing","required":false,"agreed":false,"revocable":false}]}',
    );
    expect(await client.readServiceTerms("1", "app_service_terms")).toEqual([
      { tag: "tos_2025", required: true, agreed: true, revocable: false, agreedAt: "2025-11-02T01:20:33Z", agreedBy: "KAUTH" },
      { tag: "marketing", required: false, agreed: false, revocable: false, agreedAt: null, agreedBy: null },
    ]);
    expect(server.requests[0]?.parameters.get("result")).toBe("app_service_terms");
  });

  test("of a user who is not linked", async () => {
    const { client } = await answering({ status: 400, body: '{"code":-101,"msg":"x"}' });
    expect(await client.readScopes("1")).toBe("not-linked");
    expect(await client.readServiceTerms("1", "agreed_service_terms")).toBe("not-linked");
  });
});
