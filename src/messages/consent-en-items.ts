import type { RuleText } from "./consent.ts";

/** The rules about the file and about consent items. */
export const fileAndItemTexts: Readonly<Record<string, RuleText>> = {
  "C-FILE-01": {
    title: "What rules need is said",
    message: "`{key}` is not said, so these could not be asked: {rules}.",
    fix: { en: "write `{key}`.", ko: "`{key}` 값을 적으세요." },
  },
  "C-FILE-02": {
    title: "Waivers have not expired",
    message: "The waiver of {waived} expired on {until}; its finding counts again.",
    fix: { en: "put right what it waived, or renew it with a new reason and date.", ko: "유예했던 문제를 해결하거나, 사유와 기한을 새로 적으세요." },
  },
  "C-FILE-03": {
    title: "Waivers name a rule",
    message: "The waiver names {waived}, which is no rule.",
    fix: { en: "write the id of a rule as `audit-consent --rules` lists it, or remove the waiver.", ko: "`audit-consent --rules`에 나오는 규칙 ID를 적거나 유예를 지우세요." },
  },
  "C-FILE-04": {
    title: "The console's values are recent",
    message: "The console was read on {readOn}, {days} days before today: it may be set otherwise by now.",
    fix: { en: "read the console again and write the day, or run with --live.", ko: "콘솔 설정을 다시 확인하고 날짜를 적거나 --live로 실행하세요." },
  },
  "C-ITEM-01": {
    title: "Item ids are known",
    message: "{item} is not an id that Kakao has published.",
    fix: { en: "write the scope id that the console shows; name it in `newItems` if Kakao has it now.", ko: "콘솔에 표시된 동의항목 ID를 적으세요. 카카오가 새로 만든 항목이면 `newItems`에 적으세요." },
  },
  "C-ITEM-02": {
    title: "What is on was reviewed",
    message: "{item} is on ({now}), but Kakao never reviewed it.",
    fix: { en: "switch {item} off, or apply for it first.", ko: "{item} 항목을 '사용 안 함'으로 바꾸거나 먼저 검수를 신청하세요." },
  },
  "C-ITEM-03": {
    title: "Required only where required was approved",
    message: "{item} is required, but was approved only as {approved}. Optional to required needs a new review.",
    fix: { en: "set {item} to optional consent, or apply for it as required.", ko: "{item} 항목을 '선택 동의'로 바꾸거나 '필수 동의'로 다시 검수를 신청하세요." },
  },
  "C-ITEM-04": {
    title: "What was reviewed is on",
    message: "{item} was approved and is off.",
    fix: { en: "set {item} as it was approved; if it is not needed, leave it off and take it out of `reviewed`.", ko: "{item} 항목을 검수받은 대로 설정하세요. 필요 없으면 `reviewed`에서 지우세요." },
  },
  "C-ITEM-05": {
    title: "Required items that need a review had one",
    message: "{item} is required, which needs a review, and had none.",
    fix: { en: "switch {item} off, and apply for it as required consent.", ko: "{item} 항목을 '사용 안 함'으로 바꾸고 '필수 동의'로 검수를 신청하세요." },
  },
  "C-ITEM-06": {
    title: "Items are set again to what was reviewed",
    message: "{item} was approved as required and is only {now}.",
    fix: { en: "set {item} to required consent; if optional is meant, change `reviewed` (this needs no review).", ko: "{item} 항목을 '필수 동의'로 설정하세요. 선택이 맞다면 `reviewed`를 고치세요(재검수 불필요)." },
  },
  "C-ITEM-07": {
    title: "New and stronger items go to review",
    message: "{item} is to go from {from} to {to}: Kakao wants a new review for it.",
    fix: { en: "apply for {item} ({to}); allow 3 to 5 business days.", ko: "{item}({to}) 항목의 검수를 신청하세요. 영업일 기준 3~5일이 걸립니다." },
  },
  "C-ITEM-08": {
    title: "Switching off and required to optional need no review",
    message: "{item} is to go from {from} to {to}: this needs no review.",
    fix: { en: "set {item} to {to}, and take it out of the application.", ko: "{item} 항목을 {to}(으)로 바로 설정하고 신청 내용에서 빼세요." },
  },
  "C-ITEM-09": {
    title: "What the configuration uses is on",
    message: "{by} needs {item}, which is not on: no value will ever come.",
    fix: { en: "switch {item} on (with a review where it needs one), or take it out of the configuration.", ko: "{item} 항목을 켜거나(필요하면 검수 후) 설정 파일에서 빼세요." },
  },
  "C-ITEM-10": {
    title: "What the configuration uses is required",
    message: "{by} needs {item}, which is only {now}: users who refuse it have no value.",
    fix: { en: "count on missing values, or apply for {item} as required consent.", ko: "값이 없는 사용자가 있음을 고려하거나 {item} 항목을 '필수 동의'로 신청하세요." },
  },
  "C-ITEM-11": {
    title: "Essential items are required",
    message: "{item} is essential to the service and only {now}: a user can sign up without it.",
    fix: { en: "set {item} to required consent after its review.", ko: "검수를 받은 뒤 {item} 항목을 '필수 동의'로 설정하세요." },
  },
  "C-ITEM-12": {
    title: "What is on is used",
    message: "{item} is on and used for nothing.",
    fix: { en: "switch {item} off, or write its use under `service.uses`.", ko: "{item} 항목을 '사용 안 함'으로 바꾸거나 `service.uses`에 용도를 적으세요." },
  },
  "C-ITEM-13": {
    title: "A use fits the service",
    message: "{item} is asked for, but the service has no {fits}: Kakao rejects this.",
    fix: { en: "leave {item} out, or write under `service.offers` what it is needed for.", ko: "{item} 항목을 빼거나 필요한 이유를 `service.offers`에 적으세요." },
  },
  "C-ITEM-14": {
    title: "Kakao does not have everything",
    message: "The form asks for {field}, which Kakao does not have.",
    fix: { en: "ask for it yourself, when it is needed rather than at sign-up.", ko: "필요한 시점에 서비스에서 직접 입력받으세요." },
  },
  "C-ITEM-15": {
    title: "Members are not known by what changes",
    message: "Members are known by {item}, which its owner may change and somebody else may get.",
    fix: { en: "know members by an id of your own, and keep Kakao's user id beside it.", ko: "서비스 자체 ID로 회원을 식별하고 카카오 회원번호를 함께 저장하세요." },
  },
  "C-ITEM-16": {
    title: "CI is required only where sign-up collects it",
    message: "{item} is asked for as required, but the service's own sign-up does not collect a CI ({own}).",
    fix: { en: "ask for CI as the service itself collects it: required at sign-up, optional during use.", ko: "서비스가 CI를 수집하는 방식 그대로(가입 시 필수, 이용 중 선택) 신청하세요." },
  },
  "C-ITEM-17": {
    title: "CI only where the service collects it",
    message: "{item} is asked for, but the service nowhere verifies identity.",
    fix: { en: "leave CI out, or run identity verification first.", ko: "CI를 빼거나 먼저 본인인증을 도입하세요." },
  },
  "C-ITEM-18": {
    title: "CI is proved by the live page",
    message: "Only a mock-up or a plan proves {item}: Kakao does not accept that for CI.",
    fix: { en: "attach the live screen on which the service collects the CI.", ko: "서비스에서 실제로 CI를 수집하는 화면을 첨부하세요." },
  },
  "C-ITEM-19": {
    title: "At least one item is on",
    message: "No consent item is on.",
    fix: { en: "choose at least one item.", ko: "동의항목을 하나 이상 선택하세요." },
  },
  "C-ITEM-20": {
    title: "Partner items need a contract",
    message: "{item} is given to partners under contract only.",
    fix: { en: "leave {item} out, or make the contract with Kakao first.", ko: "{item} 항목을 빼거나 먼저 카카오와 제휴하세요." },
  },
  "C-ITEM-21": {
    title: "Account status history is optional",
    message: "카카오계정 상태 변경 내역 is given as required: it can be optional only.",
    fix: { en: "set 카카오계정 상태 변경 내역 to optional consent.", ko: "'카카오계정 상태 변경 내역'을 '선택 동의'로 설정하세요." },
  },
  "C-ITEM-22": {
    title: "Replaced items are gone",
    message: "{item} was split on 2021-06-25 into {instead}.",
    fix: { en: "set {instead} instead of {item}.", ko: "{item} 대신 {instead} 항목을 설정하세요." },
  },
  "C-ITEM-23": {
    title: "A required e-mail needs a business app",
    message: "{item} is required, but the app is no business app.",
    fix: { en: "switch to a business app, or make {item} optional.", ko: "비즈 앱으로 전환하거나 {item} 항목을 '선택 동의'로 바꾸세요." },
  },
  "C-ITEM-24": {
    title: "Missing values are asked for",
    message: "{item} and other required items may come empty when the Kakao account has none, and the service does not ask for what is missing.",
    fix: { en: "after Kakao's screen, ask for whatever is required and empty.", ko: "동의했어도 값이 없을 수 있으니, 비어 있는 필수 정보는 서비스에서 입력받으세요." },
  },
  "C-ITEM-25": {
    title: "What the service uses is on",
    message: "The service has a use for {item}, which is not on.",
    fix: { en: "switch {item} on (with a review where it needs one), or take the use out.", ko: "{item} 항목을 켜거나(필요하면 검수 후) `service.uses`에서 지우세요." },
  },
  "C-ITEM-26": {
    title: "The sign-up page asks for what was approved as required",
    message: "{item} was approved as required because the service's own sign-up asks for it, and the form has it as {form} now.",
    fix: { en: "ask for {item} on the own page too, or make it optional at Kakao.", ko: "서비스 가입 화면에서도 {item} 항목을 필수로 받거나 카카오에서 '선택 동의'로 바꾸세요." },
  },
  "C-ITEM-27": {
    title: "CIs are compared and nothing else",
    message: "CIs from Kakao are used for more than comparing members.",
    fix: { en: "use CIs from Kakao for comparing members only; they replace no identity verification.", ko: "카카오에서 받은 CI는 기존 회원 비교에만 쓰세요. 본인인증을 대신할 수 없습니다." },
  },
  "C-ITEM-28": {
    title: "CIs are destroyed when they have been compared",
    message: "CIs from Kakao are kept after they have been compared.",
    fix: { en: "destroy them; who must keep them longer needs a consent in the service's own terms.", ko: "비교가 끝나면 파기하세요. 더 보관하려면 서비스 약관으로 별도 동의를 받아야 합니다." },
  },
  "C-ITEM-29": {
    title: "CIs are guarded",
    message: "CIs are not encrypted, not apart from resident registration numbers, or without a record of who gave them and when.",
    fix: { en: "encrypt them, keep them apart and keep that record; ask counsel whether the duty is yours.", ko: "CI를 암호화하고 주민등록번호와 분리해 보관하며 누구에게서 언제 제공받았는지 기록하세요. 적용 여부는 법률 자문을 받으세요." },
  },
};
