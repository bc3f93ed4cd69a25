import { describe, expect, it } from "vitest";
import { readJsonLines } from "../../src/files/jsonl-in.ts";
import { readUsersFile, USERS_FILE_COLUMNS } from "../../src/files/users-file.ts";
import { collect, makeFile } from "./make-folder.ts";

const readLines = (content: string) => collect(readJsonLines(makeFile("in.jsonl", content)));
const readUsers = (name: string, content: string) => collect(readUsersFile(makeFile(name, content)));

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

describe("reading JSON Lines", () => {
  it("keeps 64-bit integers as text and leaves everything else alone", async () => {
    const rows = await readLines(
      [
        '{"id":9223372036854775807,"list":[-1234567890123456789, 12],"n":3.14159265358979312345}',
        "",
        String.raw`{"id": 12, "text": "\"id\": 9223372036854775807 \\", "e": 1234567890123456789e2}`,
        '{"text":"a\u2028b", "9223372036854775807": 9223372036854775806 }',
      ].join("\n"),
    );
    expect(rows).toEqual([
      { line: 1, value: { id: "9223372036854775807", list: ["-1234567890123456789", 12], n: 3.141592653589793 } },
      { line: 3, value: { id: 12, text: '"id": 9223372036854775807 \\', e: 1234567890123456789e2 } },
      { line: 4, value: { text: "a\u2028b", "9223372036854775807": "9223372036854775806" } },
    ]);
  });

  it("takes BOM and CRLF", async () => {
    expect(await readLines('\uFEFF{"a":1}\r\n{"a":2}\r\n')).toEqual([
      { line: 1, value: { a: 1 } },
      { line: 2, value: { a: 2 } },
    ]);
  });

  it.each(['{"a":1', "[1]", "null", '"x"', "{'a':1}"])("refuses a line that is no object: %s", async (text) => {
    await expect(readLines(`{"a":1}\n\n${text}\n`)).rejects.toMatchObject({ code: "jsonl-malformed", message: expect.stringContaining("line 3") });
  });
});

describe("Kakao users from a file", () => {
  const full = {
    id: "9223372036854775807",
    connectedAt: "2025-11-02T01:20:33Z",
    account: {
      ci: "C".repeat(86) + "==",
      phoneNumber: "+82 10-5555-0147",
      email: "mina@example.com",
      isEmailValid: true,
      isEmailVerified: false,
      name: "김민아",
      birthyear: "1991",
      birthday: "0203",
      birthdayType: "SOLAR",
    },
  };

  it("read the same from CSV and from Kakao's answers", async () => {
    const csv = `${USERS_FILE_COLUMNS.join(",")}
9223372036854775807,2025-11-02T01:20:33Z,${full.account.ci},+82 10-5555-0147,mina@example.com,true,FALSE,김민아,1991,0203,SOLAR
17,,,,,,,,,,
`;
    const jsonl = `{"id":9223372036854775807,"connected_at":"2025-11-02T01:20:33Z","synched_at":"2025-11-02T01:20:33Z","kakao_account":{"ci_needs_agreement":false,"ci":"${full.account.ci}","phone_number":"+82 10-5555-0147","email":"mina@example.com","is_email_valid":true,"is_email_verified":false,"name":"김민아","birthyear":"1991","birthday":"0203","birthday_type":"SOLAR"}}
{"id":17}
`;
    const expected = [full, { id: "17", connectedAt: null, account: nothing }];
    expect(await readUsers("users.csv", csv)).toEqual(expected);
    expect(await readUsers("users.JSONL", jsonl)).toEqual(expected);
  });

  it("need nothing but an id, in any order of columns", async () => {
    expect(await readUsers("users.csv", "is_email_valid,id,else\n0,5,x\n1,6,y\n")).toEqual([
      { id: "5", connectedAt: null, account: { ...nothing, isEmailValid: false } },
      { id: "6", connectedAt: null, account: { ...nothing, isEmailValid: true } },
    ]);
  });

  it.each([
    ["users.csv", "id\n5\n0\n", "line 3"],
    ["users.csv", "id\n05\n", "line 2"],
    ["users.csv", "id\n9223372036854775808\n", "line 2"],
    ["users.csv", "id,is_email_valid\n5,yes\n", "is_email_valid is neither"],
    ["users.jsonl", '{"id":5}\n{"x":5}\n', "line 2"],
    ["users.jsonl", '{"id":1.5}\n', "line 1"],
    ["users.jsonl", '{"id":5,"kakao_account":{"ci":5}}\n', "ci is no text"],
    ["users.jsonl", '{"id":5,"kakao_account":{"is_email_valid":"true"}}\n', "is_email_valid is neither"],
  ])("%s is refused where a value cannot be one: %j", async (name, content, message) => {
    await expect(readUsers(name, content)).rejects.toMatchObject({
      code: "users-file-malformed",
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });

  it("are refused in a file of another kind", async () => {
    await expect(readUsers("users.xlsx", "")).rejects.toMatchObject({ code: "users-file-kind" });
  });
});
