import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDigestText, readPhone, renderStoredForm, UNUSABLE, type StoredDigest } from "../../../src/core/keys.ts";

const phone = fc.oneof(
  fc.stringMatching(/^010\d{8}$/),
  fc.tuple(fc.constantFrom("011", "016", "017", "018", "019"), fc.stringMatching(/^\d{7,8}$/)).map(([prefix, rest]) => prefix + rest),
);

describe("the form that was digested", () => {
  test.each([
    ["01012345679", "010-1234-5679", "+821012345679", "+82 10-1234-5679"],
    ["0111234567", "011-123-4567", "+82111234567", "+82 11-123-4567"],
  ])("of %s", (digits, hyphens, e164, asKakaoWrites) => {
    expect((["digits", "hyphens", "e164", "as-is"] as const).map((form) => renderStoredForm("phone", digits, form))).toEqual([digits, hyphens, e164, asKakaoWrites]);
  });

  test("of a number reads as the same number", () => {
    fc.assert(fc.property(phone, fc.constantFrom("digits", "hyphens", "e164", "as-is"), (comparable, form) => {
      const rendered = renderStoredForm("phone", comparable, form) ?? "";
      const read = readPhone(rendered, () => null);
      expect(read === UNUSABLE.placeholder ? comparable : read).toBe(comparable);
    }));
  });

  test("of a foreign number is E.164 or unknown", () => {
    expect((["digits", "hyphens", "e164", "as-is"] as const).map((form) => renderStoredForm("phone", "+12025550143", form))).toEqual([null, null, "+12025550143", null]);
  });

  test("of a name is known only where it is Hangul", () => {
    expect(["김민아", "kimmina", "김민아mina", "田中"].map((name) => renderStoredForm("name", name, "as-is"))).toEqual(["김민아", null, null, null]);
  });
});

describe("a stored digest", () => {
  const kinds = fc.constantFrom<StoredDigest>("sha256-hex", "sha256-base64", "sha512-hex", "sha512-base64", "hmac-sha256-hex", "hmac-sha256-base64");
  const digest = (stored: StoredDigest, text: string, encoding: "hex" | "base64" | "base64url"): string => createHash(stored.startsWith("sha512") ? "sha512" : "sha256").update(text).digest(encoding);

  test("is one however it is written", () => {
    fc.assert(fc.property(kinds, fc.string(), (stored, text) => {
      const canonical = digest(stored, text, stored.endsWith("hex") ? "hex" : "base64");
      const written = stored.endsWith("hex")
        ? [canonical.toUpperCase(), `\\x${canonical}`, `0x${canonical.toUpperCase()}`, ` ${canonical}\n`]
        : [canonical.replace(/=+$/, ""), digest(stored, text, "base64url"), `\t${canonical}`];
      expect([canonical, ...written].map((one) => readDigestText(one, stored))).toEqual([canonical, ...written].map(() => canonical));
    }));
  });

  test("of another kind, cut or with another letter is malformed", () => {
    fc.assert(fc.property(kinds, fc.string(), (stored, text) => {
      const canonical = digest(stored, text, stored.endsWith("hex") ? "hex" : "base64");
      const wrong = [canonical.slice(1), `${canonical}0`, `!${canonical.slice(1)}`, digest(stored, text, stored.endsWith("hex") ? "base64" : "hex"), text.slice(0, 40)].filter((one) => one.trim() !== "");
      for (const one of wrong) expect(readDigestText(one, stored)).toBe(UNUSABLE.malformed);
    }));
  });

  test("is empty where nothing stands", () => {
    expect([null, "", "  \n"].map((raw) => readDigestText(raw, "sha256-hex"))).toEqual([UNUSABLE.empty, UNUSABLE.empty, UNUSABLE.empty]);
  });
});
