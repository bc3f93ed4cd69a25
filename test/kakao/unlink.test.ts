import { afterEach, describe, expect, test } from "vitest";
import { KakaoNoAnswerError } from "../../src/kakao/client.ts";
import { createRig, failureOf, startOddServer, type Answer, type OddServer } from "./test-client.ts";

let server: OddServer;
afterEach(() => server.close());

async function answering(...answers: readonly Answer[]) {
  server = await startOddServer((_request, number) => answers[Math.min(number, answers.length) - 1] ?? "drop");
  return createRig(server.url);
}

function code(kakaoCode: number, status = 400): Answer {
  return { status, body: JSON.stringify({ msg: "x", code: kakaoCode }) };
}
const id = "9223372036854775806";
const done: Answer = { body: `{"id":${id}}` };

describe("one attempt", () => {
  test("a form with the id at full length", async () => {
    const { client } = await answering(done);
    expect(await client.unlink(id)).toEqual({ outcome: "done" });
    const [request] = server.requests;
    expect([request?.method, request?.path]).toEqual(["POST", "/v1/user/unlink"]);
    expect(Object.fromEntries(request?.parameters ?? [])).toEqual({ target_id_type: "user_id", target_id: id });
    expect(request?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  });

  test("-101 is already", async () => {
    expect(await (await answering(code(-101))).client.unlink(id)).toEqual({ outcome: "already" });
  });

  test.each([-103, -4, -402, -406, -501, -2, -777])("%i fails that user", async (failed) => {
    const { client } = await answering(code(failed));
    expect(await client.unlink(id)).toEqual({ outcome: "failed", code: failed });
  });

  test.each<[string, Answer]>([
    ["silence", "drop"],
    ["-1", code(-1)],
    ["-603", code(-603)],
    ["a gateway's page", { status: 502, body: "<html>" }],
    ["a torn answer", { body: `{"id":92233` }],
  ])("%s leaves open whether it happened, and is not repeated", async (_name, answer) => {
    const { client, waits } = await answering(answer, done);
    const error = await failureOf(client.unlink(id));
    expect(error).toBeInstanceOf(KakaoNoAnswerError);
    expect(error).toMatchObject({ code: "kakao-no-answer" });
    expect(server.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test.each([-401, -3, -5, -12, -10, -7])("%i is thrown and did not happen", async (thrown) => {
    const error = await failureOf((await answering(code(thrown))).client.unlink(id));
    expect(error).toMatchObject({ hint: expect.stringMatching(/./) as string });
    expect(error).not.toBeInstanceOf(KakaoNoAnswerError);
    expect(server.requests).toHaveLength(1);
  });
});

describe("the last look", () => {
  test("is asked after the wait for the pace and right before the call; a no withholds it", async () => {
    const order: string[] = [];
    server = await startOddServer(() => {
      order.push("call");
      return done;
    });
    const { client, now } = createRig(server.url, { requestsPerSecond: 2 });
    const begun = now();
    const lookAt = (answer: boolean) => () => {
      order.push(`look after ${String(now() - begun)} ms`);
      return Promise.resolve(answer);
    };
    expect(await client.unlinkLooking(id, () => Promise.resolve("repeat"), lookAt(true))).toEqual({ outcome: "done" });
    expect(await client.unlinkLooking(id, () => Promise.resolve("repeat"), lookAt(false))).toEqual({ outcome: "spared" });
    expect(order).toEqual(["look after 0 ms", "call", "look after 500 ms"]);
  });

  test("is asked again before every repeat, and what it throws ends the attempt before anything goes out", async () => {
    let asked = 0;
    const { client } = await answering("drop", "drop", done);
    expect(await client.unlinkLooking(id, () => Promise.resolve("repeat"), () => Promise.resolve((asked += 1) < 3))).toEqual({ outcome: "spared" });
    expect([asked, server.requests.length]).toEqual([3, 2]);
    const failing = client.unlinkLooking(id, () => Promise.resolve("repeat"), () => Promise.reject(new Error("the database is gone")));
    expect(await failureOf(failing)).toMatchObject({ message: "the database is gone" });
    expect(server.requests).toHaveLength(2);
  });
});

describe("repeated after looking", () => {
  function looks(...answers: readonly ("repeat" | "absent" | "spared")[]) {
    let looked = 0;
    return {
      look: () => Promise.resolve(answers[looked++] ?? "repeat"),
      count: () => looked,
    };
  }

  test("no look without a wait", async () => {
    const eyes = looks();
    expect(await (await answering(done)).client.unlinkLooking(id, eyes.look)).toEqual({ outcome: "done" });
    expect(eyes.count()).toBe(0);
  });

  test("-101 at once is already; after our own unanswered attempt it is done", async () => {
    const eyes = looks();
    expect(await (await answering(code(-101))).client.unlinkLooking(id, eyes.look)).toEqual({ outcome: "already" });
    await server.close();
    expect(await (await answering("drop", code(-101))).client.unlinkLooking(id, eyes.look)).toEqual({ outcome: "done" });
  });

  test("-101 after a mere refusal is already", async () => {
    const { client, waits } = await answering(code(-10), code(-101));
    expect(await client.unlinkLooking(id, looks().look)).toEqual({ outcome: "already" });
    expect(waits).toEqual([5_000]);
  });

  test("what the look finds decides", async () => {
    expect(await (await answering("drop")).client.unlinkLooking(id, looks("absent").look)).toEqual({ outcome: "done" });
    await server.close();
    expect(await (await answering(code(-10))).client.unlinkLooking(id, looks("absent").look)).toEqual({ outcome: "already" });
    await server.close();
    expect(await (await answering("drop", done)).client.unlinkLooking(id, looks("spared").look)).toEqual({ outcome: "spared" });
    expect(server.requests).toHaveLength(1);
    await server.close();
    expect(await (await answering("drop", done)).client.unlinkLooking(id, looks("repeat").look)).toEqual({ outcome: "done" });
  });

  test("silence after five repeats stays open, each repeat after a look", async () => {
    const eyes = looks();
    const { client, waits } = await answering("drop");
    expect(await failureOf(client.unlinkLooking(id, eyes.look))).toBeInstanceOf(KakaoNoAnswerError);
    expect([server.requests.length, eyes.count()]).toEqual([6, 5]);
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  test("-10 stops the run after three waits", async () => {
    const { client, waits } = await answering(code(-10, 429));
    expect(await failureOf(client.unlinkLooking(id, looks().look))).toMatchObject({ code: "kakao-quota" });
    expect(waits).toEqual([5_000, 15_000, 45_000]);
  });

  test("lasting maintenance fails the row with its code", async () => {
    const { client } = await answering(code(-9798, 503));
    expect(await client.unlinkLooking(id, looks().look)).toEqual({ outcome: "failed", code: -9798 });
  });
});

test("stopping the run lets an unlink under way finish", async () => {
  const controller = new AbortController();
  server = await startOddServer(() => {
    controller.abort();
    return new Promise((resolve) => setTimeout(resolve, 50, done));
  });
  const { client } = createRig(server.url, { signal: controller.signal });
  expect(await client.unlink(id)).toEqual({ outcome: "done" });
  expect(await failureOf(client.unlink(id))).toMatchObject({ code: "interrupted" });
  expect(server.requests).toHaveLength(1);
});
