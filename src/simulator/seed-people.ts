/** A made-up person. Nobody real: names are combined, numbers counted through, addresses at example domains. */
export interface SeedPerson {
  readonly name: string;
  /** As Kakao writes it: `+82 10-1234-5678`, one in fifty `+82 010-1234-5678`, one in fifty of another country. */
  readonly phone: string;
  readonly email: string;
  /** `YYYYMMDD` in the calendar that `calendar` names. */
  readonly birthdate: string;
  readonly calendar: "SOLAR" | "LUNAR";
  readonly isLeapMonth: boolean;
  readonly gender: "female" | "male";
  /** 86 base64 characters and `==`. */
  readonly ci: string;
}

const surnames = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권", "황", "안", "송", "류", "홍", "남궁", "제갈"];
const syllables = ["민", "서", "지", "현", "준", "우", "하", "은", "도", "윤", "예", "진", "수", "영", "성", "재", "연", "아", "경", "태"];
const foreignNames = ["Emma Wilson", "Liam O'Brien", "Sofía García", "Nguyen Van An", "Tanaka Yui", "Anna-Lena Weber"];
const domains = ["example.com", "example.net", "example.org", "mail.example.com"];

/** Draws a person. Phone numbers and e-mail addresses are unique by index up to a hundred million people. */
export function drawPerson(index: number, random: () => number, ci: string): SeedPerson {
  const isForeign = random() < 0.02;
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? "";
  const name = isForeign ? pick(foreignNames) : pick(surnames) + pick(syllables) + pick(syllables);
  // Odd and not a multiple of five: counts through every eight digits before one comes again.
  const digits = String((index * 61_803_399 + 20_000_003) % 100_000_000).padStart(8, "0");
  const year = 1940 + Math.floor(random() * 73);
  const month = two(1 + Math.floor(random() * 12));
  const isLunar = random() < 0.08;
  return {
    name,
    phone: isForeign ? foreignPhone(digits, random()) : domesticPhone(digits, random()),
    email: `user${index}@${pick(domains)}`,
    birthdate: `${year}${month}${two(1 + Math.floor(random() * 28))}`,
    calendar: isLunar ? "LUNAR" : "SOLAR",
    isLeapMonth: isLunar && random() < 0.03,
    gender: random() < 0.5 ? "female" : "male",
    ci,
  };
}

function domesticPhone(digits: string, chance: number): string {
  return `+82 ${chance < 0.02 ? "010" : "10"}-${digits.slice(0, 4)}-${digits.slice(4)}`;
}

function foreignPhone(digits: string, chance: number): string {
  return chance < 0.5 ? `+1 415-${digits.slice(1, 4)}-${digits.slice(4)}` : `+81 90-${digits.slice(0, 4)}-${digits.slice(4)}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
