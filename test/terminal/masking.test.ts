import { describe, expect, it } from "vitest";
import { maskBirthdate, maskEmail, maskName, maskPhone } from "../../src/terminal/masking.ts";

describe("a phone number keeps its prefix and its last four digits", () => {
  it.each([
    ["01012345678", "010-****-5678"],
    ["010-1234-5678", "010-****-5678"],
    ["+82 10-1234-5678", "010-****-5678"],
    ["+82 010-1234-5678", "010-****-5678"],
    ["0082 10 1234 5678", "010-****-5678"],
    ["821012345678", "010-****-5678"],
    ["1012345678", "010-****-5678"],
    ["０１０－１２３４－５６７８", "010-****-5678"],
    ["0111234567", "011-***-4567"],
    ["01112345678", "011-****-5678"],
  ])("%s is %s", (phone, masked) => expect(maskPhone(phone)).toBe(masked));

  it.each([
    ["+1 415-555-2671", "+14*******71"],
    ["+447911123456", "+44********56"],
  ])("a foreign number: %s is %s", (phone, masked) => expect(maskPhone(phone)).toBe(masked));

  it.each(["", "1234", "02-123-4567", "hello", "+1234"])("what is no mobile number shows nothing: %s", (phone) => expect(maskPhone(phone)).toBe("****"));
});

describe("an e-mail address keeps two letters and its end", () => {
  it.each([
    ["mina@example.com", "m***@e***.com"],
    ["MINA.kim+shop@mail.example.co.kr", "M***@m***.kr"],
    ["민아@예시.한국", "민***@예***.한국"],
    ["m@e.com", "***@***.com"],
    ["_x@example.com", "***@e***.com"],
    ["no address", "***"],
    ["a@b", "***"],
    ["mina@example.co m", "***"],
    ["", "***"],
  ])("%s is %s", (email, masked) => expect(maskEmail(email)).toBe(masked));
});

describe("a name keeps its first and last letter", () => {
  it.each([
    ["김민아", "김*아"],
    ["남궁민아", "남**아"],
    ["김솔", "김*"],
    ["김", "*"],
    ["Li", "L*"],
    ["John Smith", "J**n S***h"],
    ["김\u001b[31m민아", "김*****아"],
    ["김민아", "김*아"],
    ["", ""],
  ])("%s is %s", (name, masked) => expect(maskName(name)).toBe(masked));
});

describe("a birth date keeps its year", () => {
  it.each([
    ["19910203", "1991****"],
    ["1991-02-03", "1991****"],
    ["1991.02.03", "1991****"],
    ["1991-02-03 00:00:00", "1991****"],
    ["910203", "********"],
    ["0203", "********"],
    ["", "********"],
  ])("%s is %s", (birthdate, masked) => expect(maskBirthdate(birthdate)).toBe(masked));
});
