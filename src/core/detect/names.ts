/** What a column of the member table can be for; the first three are keys. */
export const MEMBER_ROLES = ["ci", "phone", "email", "name", "birthdate", "phoneVerifiedAt", "emailVerifiedAt", "lastLoginAt"] as const;
export type MemberRole = (typeof MEMBER_ROLES)[number];

/** Further things that a column can be for. */
export type OtherRole = "joinedAt" | "marketing" | "marketingAt" | "night" | "otherConsent" | "password" | "staff" | "kakaoId" | "provider" | "providerId" | "memberId";

/** In front of the word itself: `mb_hp`, `mem_nm`, `user_email`. */
const prefixes = /^(?:mb|mem|member|m|user|usr|u|cust|customer|acc|account|shop|회원)_(?=.)/;

/** Names in snake case without a usual prefix: those that say it, and those that only suggest it. */
const names: Readonly<Record<MemberRole | OtherRole, { readonly says: RegExp; readonly suggests?: RegExp }>> = {
  ci: { says: /^(?:ci|ci_(?:value|val|key|no|hash|enc|cd)|(?:auth|cert|nice|kcp|ipin|kcb|kg|pass|identity)_ci|connecting_information|연계_?정보(?:_?ci)?)$/, suggests: /(?:^|_)ci(?:_|$)/ },
  phone: {
    says: /^(?:hp|hp\d|hp_?(?:no|num|number)|h_?phone|hand_?phone|mobile|mobile_?(?:no|num|number|phone|tel)|cell|cell_?(?:no|num|number|phone|tel)|phone_?mobile|htel|휴대_?폰(?:_?번호)?|휴대_?전화(?:_?번호)?|핸드폰(?:_?번호)?|모바일(?:_?번호)?)$/,
    suggests: /(?:^|_)(?:phone|tel|telephone|contact|mobile|hp)(?:_|$)|전화|연락처/,
  },
  email: { says: /^(?:e_?mail|e_?mail_?(?:addr|address)|mail|mail_?(?:addr|address)|이_?메일(?:_?주소)?|메일(?:_?주소)?|전자_?우편)$/, suggests: /(?:^|_)e?mail(?:_|$)|메일/ },
  name: { says: /^(?:name|nm|real_?name|full_?name|korean_?name|name_?(?:kr|ko|kor)|display_?name|이름|성명|회원_?명|고객_?명|실명|명)$/ },
  birthdate: { says: /^(?:birth|birth_?(?:day|date|dt|ymd)|date_of_birth|dob|b_?day|생년월일|생일)$/ },
  phoneVerifiedAt: { says: /^(?:(?:phone|mobile|hp|cell|sms|tel|휴대폰|휴대전화|본인)(?:_?number)?_?(?:verified|verify|verification|confirmed|certified|certify|cert|auth|authed|authenticated|인증)(?:_?(?:at|date|dt|datetime|time|on|일|일시|일자))?)$/ },
  emailVerifiedAt: { says: /^(?:(?:e_?mail|mail|이메일|메일)_?(?:verified|verify|verification|confirmed|certified|certify|cert|auth|authed|인증)(?:_?(?:at|date|dt|datetime|time|on|일|일시|일자))?|confirmed_at)$/ },
  lastLoginAt: {
    says: /^(?:last_?(?:login|log_in|sign_?in|logined|signin|access|visit|connect)(?:_?(?:at|date|dt|datetime|time|on))?|current_sign_in_at|today_?login|latest_?(?:login|access)(?:_?(?:at|date|dt))?|(?:최근|최종|마지막)_?(?:로그인|접속|방문)(?:_?(?:일|일시|일자|시간))?)$/,
  },
  joinedAt: { says: /^(?:created?_?(?:at|date|dt|on)|date_joined|joined?_?(?:at|date|dt)|reg(?:_?(?:date|dt|ist_?date|day))|regist(?:ered|er|ration)?(?:_?(?:at|date|dt))?|sign_?up_?(?:at|date|dt)|datetime|가입_?(?:일|일시|일자)|등록_?(?:일|일시|일자))$/ },
  marketing: {
    says: /^(?:marketing|marketing_?(?:agreed?|agree(?:ment)?|consent(?:ed)?|yn|flag|opt_?in|allowed|receive|ok)|mkt_?(?:agreed?|yn|flag)|(?:agree|is|opt_?in|accepts?|allow)_?marketing(?:_?yn)?|ad_?(?:agreed?|yn|consent|receive)|advert(?:ising)?_?(?:agreed?|consent|yn)|promotion_?(?:agreed?|yn|consent)|(?:마케팅|광고성?)_?(?:정보)?_?(?:수신)?_?(?:동의|허용)(?:_?여부)?)$/,
  },
  marketingAt: {
    says: /^(?:(?:marketing|mkt|ad|advert(?:ising)?|promotion)_?(?:agreed?|agree(?:ment)?|consent(?:ed)?|opt_?in|receive)?_?(?:at|date|dt|datetime|time|on)|(?:마케팅|광고성?)_?(?:정보)?_?(?:수신)?_?(?:동의|허용)?_?(?:일|일시|일자|시간))$/,
  },
  night: { says: /^(?:(?:marketing|ad|push|mkt)?_?night(?:_?time)?_?(?:marketing|ad|push)?_?(?:agreed?|consent|yn|flag|receive)?|야간_?(?:광고)?_?(?:정보)?_?(?:수신)?_?(?:동의|허용)(?:_?여부)?)$/ },
  otherConsent: { says: /^(?:(?:sms|mailling|mailing|e?mail|push|tm|news_?letter)_?(?:agreed?|consent|yn|flag|receive|recv|ok)|sms|mailling|mailing|news_?letter|(?:문자|sms|메일|이메일|푸시)_?(?:수신)?_?(?:동의|허용|여부)(?:_?여부)?)$/ },
  password: { says: /^(?:password|passwd|pass|pwd|pw|password_?(?:hash|digest)|encrypted_password|hashed_password|비밀_?번호)$/ },
  staff: { says: /^(?:role|roles|level|is_?(?:staff|admin|superuser)|admin|admin_?yn|권한|등급)$/ },
  kakaoId: { says: /^(?:kakao|kakao_?(?:id|uid|no|key|user_?id|user_?no|member_?(?:id|no)|account_?id|sub|app_?user_?id)|(?:sns|social|oauth|login)_?kakao(?:_?id)?|app_?user_?id|카카오(?:_?(?:id|아이디|회원_?번호|번호))?)$/ },
  provider: { says: /^(?:provider|provider_?(?:name|type|cd|code)|(?:sns|social|oauth|login|omniauth|auth|join|signup)_?(?:provider|type|kind|cd|code|gubun|name|channel)|sns|소셜_?(?:구분|종류|유형))$/, suggests: /^type$/ },
  providerId: {
    says: /^(?:uid|provider_?(?:id|uid|key|user_?id|account_?id|user_?key)|(?:sns|social|oauth|login|external|ext|auth)_?(?:id|uid|key|user_?id|no|account_?id|provider_?id)|identifier|(?:social|socialite)_account_provider_id|open_?id|subject|sub|소셜_?(?:id|아이디))$/,
  },
  memberId: { says: /^(?:(?:user|usr|member|mem|mb|customer|cust|account|acc|shop|model)_?(?:id|no|idx|seq|key|uid|srl)|user|member|id|idx|회원_?(?:id|번호|아이디))$/ },
};

/** `emailVerified`, `E-Mail` and `EMAIL_VERIFIED` in one spelling. */
export function spellName(name: string): string {
  return name.normalize("NFKC").replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[\s.\-]+/g, "_").toLowerCase();
}

/** How much a column's name says that it is for this: 2 says it, 1 suggests it, 0 nothing. A nickname is no name, and a second address is nobody's main one. */
export function readNameFor(role: MemberRole | OtherRole, column: string): 0 | 1 | 2 {
  const spelled = spellName(column);
  const bare = spelled.replace(prefixes, "");
  const { says, suggests } = names[role];
  if (says.test(spelled) || says.test(bare)) return 2;
  return suggests?.test(bare) === true && !/nick|recommend|추천|company|회사|parent|보호자|fax|home|집|office|log_?in_?id|back_?up|recover|agree|동의|verif|cert|인증|sent|count/.test(bare) ? 1 : 0;
}
