/** The documents that the rules come from, as they name themselves. */
export const SOURCES = {
  design: { title: "Docs > Kakao Sync > Planning (design guide)", publisher: "Kakao Developers", edition: "English, undated, names unlink callbacks and Kakao Link", url: "https://developers.kakao.com/docs/latest/en/kakaosync/design" },
  prerequisites: { title: "Docs > Kakao Sync > Prerequisites", publisher: "Kakao Developers", edition: "English, undated, names Request for App Permissions", url: "https://developers.kakao.com/docs/latest/en/kakaosync/prerequisite" },
  notice: {
    title: "[공지] 가입 미완료자 연결 끊기 처리 안내 / [Notice] Unlink for users who have not completed a signup", publisher: "Kakao DevTalk", edition: "in force from 2020-12-28",
    url: "https://devtalk.kakao.com/t/notice-unlink-for-users-who-have-not-completed-a-signup/111463",
  },
  guide2019: { title: "카카오싱크 신청 가이드", publisher: "Kakao for Business", edition: "version 1.1, 2019-04-11", url: "" },
  login: { title: "Kakao Login > Prerequisites", publisher: "Kakao Developers", edition: "as read in 2026", url: "https://developers.kakao.com/docs/latest/ko/kakaologin/prerequisite" },
  api: { title: "Kakao Login > REST API", publisher: "Kakao Developers", edition: "as read in 2026", url: "https://developers.kakao.com/docs/ko/kakaologin/rest-api" },
  callback: { title: "Kakao Login > Callback", publisher: "Kakao Developers", edition: "as read in 2026", url: "https://developers.kakao.com/docs/latest/ko/kakaologin/callback" },
  ciReview: { title: "CI review, answers of Kakao's staff", publisher: "Kakao DevTalk", edition: "threads on CI, read in 2026", url: "https://devtalk.kakao.com/t/ci/128591" },
  ciAbsent: { title: "CI may be absent although it is required", publisher: "Kakao DevTalk", edition: "thread, read in 2026", url: "https://devtalk.kakao.com/t/topic/103801" },
  underAge: { title: "Minimum age setting, answers of Kakao's staff", publisher: "Kakao DevTalk", edition: "threads on age, read in 2026", url: "https://devtalk.kakao.com/t/121482" },
  networkAct: { title: "Act on Promotion of Information and Communications Network Utilization and Information Protection", publisher: "law.go.kr", edition: "as read in 2026", url: "https://www.law.go.kr/법령/정보통신망이용촉진및정보보호등에관한법률" },
  privacyAct: { title: "Personal Information Protection Act", publisher: "law.go.kr", edition: "as in force in 2026", url: "https://www.law.go.kr/법령/개인정보보호법" },
  own: { title: "kakao-sync", publisher: "this program", edition: "", url: "" },
} as const;
export type SourceId = keyof typeof SOURCES;

/** A place in a document; `section` names its heading or, where there is none, what the paragraph is about. */
export interface SourceRef {
  readonly document: SourceId;
  readonly section: string;
}
