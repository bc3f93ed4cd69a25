import type { Sentences } from "./sentences.ts";

/** Reading decisions, options, fields; refusals; resuming. */
export const stepsReadKo: Sentences = {
  // read-decisions.ts
  "line {0}: the decision is none of {1}": "줄 {0}: decision이 {1} 중 하나가 아닙니다",
  "line {0}: decided_by is empty": "줄 {0}: decided_by가 비어 있습니다",
  "{0} cannot be obeyed: {1}{2}.": "{0} 파일의 결정을 따를 수 없습니다: {1}{2}.",
  "; and {0} more": "; 외 {0}건",
  "Write link, unmatched, skip or (in check.csv) unlink into the column decision, and who decided into decided_by.": "decision 컬럼에 link, unmatched, skip 중 하나를(check.csv에서는 unlink도) 적고, decided_by에 결정한 사람을 적으세요.",
  "Reading links": "연결 읽기",
  // read-quality.ts
  "Of {0} hits by CI {1} differ in both name and birth date: the CI column may be wrong (M13).": "CI가 같은 {0}건 가운데 {1}건은 이름과 생년월일이 모두 다릅니다. CI 컬럼이 잘못되었을 수 있습니다(M13).",
  "Of {0} hits by phone with known names {1} differ: the phone or name column may be wrong (M13).": "전화번호가 같고 이름을 아는 {0}건 가운데 {1}건은 이름이 다릅니다. 전화번호나 이름 컬럼이 잘못되었을 수 있습니다(M13).",
  "{0} usable values of members and {1} of Kakao users, and not one in common": "쓸 수 있는 값이 회원 쪽에 {0}개, 카카오 사용자 쪽에 {1}개인데 같은 값이 하나도 없습니다",
  "{0} (digest): {1} of {2} values of members are no such digest: stored or the column may be wrong (M13).": "{0}(다이제스트): 회원의 값 {2}개 가운데 {1}개는 그런 다이제스트가 아닙니다. stored나 컬럼이 잘못되었을 수 있습니다(M13).",
  "{0}: {1}: the column may hold something else (M13).": "{0}: {1}. 컬럼에 다른 값이 들어 있을 수 있습니다(M13).",
  "{0} (digest): {1}: stored, of or the key file may be wrong (M13).": "{0}(다이제스트): {1}. stored, of, 키 파일 가운데 하나가 잘못되었을 수 있습니다(M13).",
  "Reading consents": "수신 동의 읽기",
  // refuse-unread.ts
  "If that is right: --accept-unreadable {0}": "그래도 맞다면: --accept-unreadable {0}",
  "{0} of {1} values in {2} are neither yes nor no, and would count as refused.": "{2}의 값 {1}개 가운데 {0}개가 예도 아니요도 아니어서 수신 거부로 세게 됩니다.",
  "Look at the column: docs/rules-targets.md lists what a consent may look like, and an expression can translate it ({ sql: \"…\" }). {0}": "컬럼을 확인하세요. 동의로 읽는 값은 docs/rules-targets.md에 있고, 식({ sql: \"…\" })으로 변환할 수도 있습니다. {0}",
  "{0} rows of people who refuse hold numbers": "수신 거부한 사람의 행 {0}개",
  "{0} that could not be decrypted: for whom they refuse is not known.": "{0}에 복호화하지 못한 번호가 있어 누구에게 보내면 안 되는지 알 수 없습니다.",
  "Look at the key that the decrypt program uses, or empty these numbers. {0}": "복호화 프로그램이 쓰는 키를 확인하거나 이 번호를 비우세요. {0}",
  // require-unlink-config.ts
  "unlink-orphans needs kakao.app.fixedIds and kakao.app.autoLink in the configuration.": "unlink-orphans를 쓰려면 설정에 kakao.app.fixedIds와 kakao.app.autoLink가 있어야 합니다.",
  "unlink-orphans needs kakao.app.{0} in the configuration.": "unlink-orphans를 쓰려면 설정에 kakao.app.{0} 항목이 있어야 합니다.",
  "Look in the Kakao developers console whether user ids are fixed (사용자 아이디 고정) and whether linking is automatic (자동 연결), then write kakao: { app: { fixedIds: true, autoLink: true } } as it is there.": "카카오디벨로퍼스 콘솔에서 사용자 아이디 고정과 자동 연결을 켰는지 확인하고, 그대로 kakao: { app: { fixedIds: true, autoLink: true } }처럼 적으세요.",
  // sample-live.ts, sample-live-terms.ts
  "Nothing was changed and nothing was kept. Run the same command again: the look begins anew.": "바뀐 것도 남은 것도 없습니다. 같은 명령을 다시 실행하세요. 조회는 처음부터 다시 합니다.",
  "Kakao users asked": "조회한 카카오 사용자",
  "Kakao answered about none of the users that were asked ({0}).": "조회한 사용자 가운데 카카오가 답한 사용자가 한 명도 없습니다({0}).",
  "Look the codes up in docs/runbooks/audit-consent.md, or audit without --live.": "docs/runbooks/audit-consent.md에서 코드를 찾아보거나 --live 없이 점검하세요.",
  Details: "상세 조회",
  "Searching members": "회원 찾기",
  // stop-run.ts
  "{0} Run {1} is interrupted; what it has written stays and is on record.": "{0} 실행 {1}의 적용이 중단되었습니다. 이미 한 일은 그대로 남아 있고 기록되어 있습니다.",
  "{0}\nGo on with: {1}": "{0}\n이어서 하려면: {1}",
  // take-snapshot.ts
};
