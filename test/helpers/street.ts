import { ci } from "./match.ts";
import type { ServiceSetup } from "./service.ts";

/** A small population in which nearly every answer of the mapping rules comes up once. */
export const street = {
  members: [
    { id: 1, ci: ci("one"), name: "김하나", birthdate: "19800101" },
    { id: 2, phone: "010-2222-0002", name: "이둘", birthdate: "19820202" },
    { id: 3, email: "Three@Example.com", birthdate: "1983-03-03" },
    { id: 4, ci: ci("four"), name: "박넷", link: "1004" },
    { id: 5, phone: "01055550005", name: "최다섯", birthdate: "19850505", link: "1005" },
    { id: 6, phone: "01066660006" },
    { id: 7, phone: "010 6666 0006" },
    { id: 8, ci: ci("eight"), status: "dormant" },
    { id: 9, phone: "01099990009", status: "left", link: "1009" },
    { id: 10, phone: "01010101010", name: "정열" },
    { id: 11, ci: ci("eleven"), phone: "01011110011" },
    { id: 12, phone: "01012120012" },
    { id: 13, ci: ci("thirteen"), link: "999" },
    { id: 14, phone: "01014140014", name: "한열넷" },
  ],
  users: {
    "1001": { ci: ci("one"), name: "김하나", birthdate: "19800101" },
    "1002": { phone: "010-2222-0002", name: "이둘" },
    "1003": { email: "three@example.com", birthdate: "19830303" },
    "1004": { ci: ci("four") },
    "1005": { phone: "010-5555-0005", name: "남궁민수", birthdate: "19900909" },
    "1006": { phone: "010-6666-0006", name: "강여섯" },
    "1008": { ci: ci("eight") },
    "1009": { phone: "010-9999-0009" },
    "1010": { phone: "010-1010-1010", name: "오열" },
    "1011": { phone: "010-1234-9999", name: "조하나" },
    "1012": { ci: ci("young"), young: true },
    "1013": { ci: ci("somebody else"), phone: "010-1111-0011" },
    "1014": { ci: ci("thirteen") },
    "1015": { phone: "010-1414-0014", name: "한열넷" },
    "9007199254740993": { phone: "010-1414-0014", name: "한열넷" },
  },
} as const satisfies ServiceSetup;
