import { afterEach, describe, expect, it } from "vitest";
import { fill, say, speak, translate } from "../src/say.ts";

afterEach(() => speak("en", new Map()));

/** The particles behind a word, in the order of the patterns below. */
const both = ["을(를)", "이(가)", "은(는)", "과(와)", "(으)로", "(이)"] as const;
const particlesBehind = (word: string): readonly string[] => both.map((particle) => fill(`{0}${particle}`, () => word).slice(word.length));

const behindVowel = ["를", "가", "는", "와", "로", ""];
const behindConsonant = ["을", "이", "은", "과", "으로", "이"];
/** ㄹ is a consonant, but 로 stands behind it as behind a vowel. */
const behindRieul = ["을", "이", "은", "과", "로", "이"];

describe("the particle behind a word", () => {
  it.each(["회원", "계획", "값", "파일 3건", "닭"])("%s ends in a consonant", (word) => {
    expect(particlesBehind(word)).toEqual(behindConsonant);
  });

  it.each(["카카오", "사용자", "스냅샷 3개", "회사"])("%s ends in a vowel", (word) => {
    expect(particlesBehind(word)).toEqual(behindVowel);
  });

  it.each(["메일", "서울", "파일", "3월 1일"])("%s ends in ㄹ", (word) => {
    expect(particlesBehind(word)).toEqual(behindRieul);
  });

  it.each([
    // 영 일 이 삼 사 오 육 칠 팔 구
    ["0", behindConsonant], ["1", behindRieul], ["2", behindVowel], ["3", behindConsonant], ["4", behindVowel],
    ["5", behindVowel], ["6", behindConsonant], ["7", behindRieul], ["8", behindRieul], ["9", behindVowel],
    // 십, 백, 천; the last figure is what is heard last elsewhere.
    ["10", behindConsonant], ["1,200", behindConsonant], ["3,000", behindConsonant], ["21", behindRieul], ["05:30", behindConsonant],
  ] as const)("a number: %s", (number, particles) => {
    expect(particlesBehind(number)).toEqual(particles);
  });

  it.each([
    ["“계획”", behindConsonant], ["'사용자'", behindVowel], ["`서울`", behindRieul], ["회원(3명)", behindConsonant], ["사용자(12)", behindVowel], ["100 %", behindConsonant], ["회원.", behindConsonant],
  ] as const)("a bracket or a quotation mark behind %s is not read", (word, particles) => {
    expect(particlesBehind(word)).toEqual(particles);
  });

  it.each(["plan.csv", "kim", "20261121-183209-hydj", "https://kauth.kakao.com", "회원 kim", "…", ""])("behind %s both forms stand: nobody knows how it is read", (word) => {
    expect(particlesBehind(word)).toEqual(both);
  });
});

describe("a sentence", () => {
  const korean = new Map([
    ["{0} cannot be read.", "{0} 파일을 읽을 수 없습니다."],
    ["{0} of {1}: {0}", "{1} 가운데 {0}을(를) 골랐습니다: {0}"],
    ["Stopped.", "멈췄습니다."],
    ["is", ""],
  ]);

  it("is English as long as nothing else is spoken, whatever is in it", () => {
    expect(say`${"a.csv"} cannot be read.`).toBe("a.csv cannot be read.");
    expect(translate("Stopped.")).toBe("Stopped.");
  });

  it("is looked up with its places", () => {
    speak("ko", korean);
    expect(say`${"a.csv"} cannot be read.`).toBe("a.csv 파일을 읽을 수 없습니다.");
    expect(translate("Stopped.")).toBe("멈췄습니다.");
    expect(say`Stopped.`).toBe("멈췄습니다.");
    expect(translate("is")).toBe("");
  });

  it("may have a place twice and in another order", () => {
    speak("ko", new Map([["{0} of {1}", "{1} 가운데 {0}을(를), 곧 {0}"]]));
    expect(say`${3} of ${"회원"}`).toBe("회원 가운데 3을, 곧 3");
  });

  it("that a catalogue lacks is said in English", () => {
    speak("ko", korean);
    expect(say`${"a.csv"} cannot be written.`).toBe("a.csv cannot be written.");
    expect(translate("Nowhere.")).toBe("Nowhere.");
  });

  it("takes what stands in a value for no place", () => {
    speak("ko", korean);
    expect(say`${"{0}을(를) $& {1}"} cannot be read.`).toBe("{0}을(를) $& {1} 파일을 읽을 수 없습니다.");
  });
});
