import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AdminKey, requireAdminKey } from "../../src/config/admin-key.ts";
import { renderDigestInput } from "../../src/config/digest.ts";
import { StartError } from "../../src/errors.ts";
import { least, load, loadError } from "./write-config.ts";

const secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const withKakao = (kakao: string): string => least.replace("appId: 424242", `appId: 424242, ${kakao}`);
const fromVariable = withKakao('adminKey: "${KAKAO_ADMIN_KEY}"');

function fail(attempt: () => unknown): StartError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof StartError) return error;
  }
  throw new Error("nothing was thrown");
}

describe("the admin key", () => {
  it("comes from a variable, a .env file, a file, or the configuration with a warning", () => {
    expect(requireAdminKey(load(fromVariable, { env: { KAKAO_ADMIN_KEY: secret } })).reveal()).toBe(secret);
    expect(requireAdminKey(load(fromVariable, {}, { ".env": `KAKAO_ADMIN_KEY=${secret}\n` })).reveal()).toBe(secret);
    expect(requireAdminKey(load(withKakao("adminKeyFile: ./key"), {}, { key: `${secret}\n` })).reveal()).toBe(secret);
    const literal = load(withKakao(`adminKey: ${secret}`));
    expect(requireAdminKey(literal).reveal()).toBe(secret);
    expect(literal.warnings).toEqual(["kakao-sync.config.yaml:4  kakao.adminKey: the admin key stands in the file; write ${KAKAO_ADMIN_KEY} and put the key into the environment or a .env file"]);
  });

  it("is read from its file anew each time, for a key changed during a run", () => {
    const config = load(withKakao("adminKeyFile: ./key"), {}, { key: "first" });
    expect(requireAdminKey(config).reveal()).toBe("first");
    writeFileSync(join(config.folder, "key"), "second\n");
    expect(requireAdminKey(config).reveal()).toBe("second");
  });

  it.each<[string, string, RegExp, RegExp]>([
    ["none is named", least, /names no Kakao admin key/, /adminKey: \$\{KAKAO_ADMIN_KEY\}/],
    ["the variable is not set", fromVariable, /KAKAO_ADMIN_KEY is not set/, /^Set KAKAO_ADMIN_KEY/],
    ["the file is not there", withKakao("adminKeyFile: ./key"), /admin key file .*key cannot be read/, /^Create it/],
    ["it is no one word", withKakao(`adminKey: "${secret} x"`), /not one word/, /^Copy the key again/],
  ])("is asked for only when needed: %s", (_, yaml, message, hint) => {
    const config = load(yaml);
    const error = fail(() => requireAdminKey(config));
    expect(error).toMatchObject({ code: "admin-key-missing", message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
    expect(`${error.message} ${error.hint}`).not.toContain(secret);
  });

  it("prints as [admin key] wherever it ends up", () => {
    const config = load(fromVariable, { env: { KAKAO_ADMIN_KEY: secret } });
    const key = requireAdminKey(config);
    const printed = [inspect(config, { depth: null, showHidden: true }), JSON.stringify(config), renderDigestInput(config), String(key), `${key}`, inspect(key), JSON.stringify({ key }), format("%s %o %j", key, key, key), JSON.stringify({ ...key })];
    for (const text of printed) expect(text).not.toContain(secret);
    expect(inspect({ key })).toBe("{ key: [admin key] }");
    expect(JSON.stringify({ key: new AdminKey(secret) })).toBe('{"key":"[admin key]"}');
  });

  it.each([
    ["an unknown key beside it", withKakao(`adminKey: ${secret}, adminKye: ${secret}`)],
    ["two keys", withKakao(`adminKey: ${secret}, adminKeyFile: ${secret}`)],
    ["in the wrong place", withKakao(`baseUrl: ${secret}, app: ${secret}`).replace("424242", secret)],
    ["in a URL", least.replace("sqlite:./members.db", `oracle://u:${secret}@h/x`)],
    ["as a YAML alias", withKakao(`adminKey: *${secret}`)],
    ["as a YAML tag", withKakao(`adminKey: !${secret} [`)],
    ["with a line break too many", `${least}kakao2:\n adminKey: "${secret}\n"\n${secret}\n`],
  ])("is never repeated by a problem: %s", (_, yaml) => {
    const error = loadError(yaml);
    expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain(secret);
  });
});
