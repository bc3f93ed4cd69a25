/** A consent item in the console (kakao-api.md 3.6 and 6.1). */
export interface ScopeSetup {
  readonly id: string;
  readonly displayName: string;
  readonly type: "PRIVACY" | "SERVICE";
  /** 필수 동의: cannot be withdrawn. */
  readonly required: boolean;
  /** False: the app no longer uses it; shown only for users who agreed once. */
  readonly using: boolean;
}

/** A service term in the console (kakao-api.md 3.7). */
export interface AppTerm {
  readonly tag: string;
  readonly required: boolean;
}

/** A channel that Kakao knows (kakao-api.md 8.0). Only a connected one can be used by the app; the search id (`@shop`) is the channel's `channel_uuid`. */
export interface ChannelSetup {
  readonly publicId: string;
  readonly searchId: string;
  readonly state: "connected" | "unconnected" | "sanctioned";
}

export const defaultChannels: readonly ChannelSetup[] = [{ publicId: "_Abcd", searchId: "@shop", state: "connected" }];

/** A shop with Kakao Sync: name, e-mail and phone required, the rest optional. */
export const defaultScopes: readonly ScopeSetup[] = [
  item("profile_nickname", "닉네임", true),
  item("profile_image", "프로필 사진", false),
  item("account_email", "카카오계정(이메일)", true),
  item("name", "이름", true),
  item("gender", "성별", false),
  item("age_range", "연령대", false),
  item("birthday", "생일", false),
  item("birthyear", "출생 연도", false),
  item("phone_number", "카카오계정(전화번호)", true),
  item("account_ci", "CI(연계정보)", false),
  item("plusfriends", "카카오톡 채널 추가 상태 및 내역", false),
];

export const defaultTerms: readonly AppTerm[] = [
  { tag: "tos_20250101", required: true },
  { tag: "privacy_20250101", required: true },
  { tag: "marketing_20250101", required: false },
];

function item(id: string, displayName: string, required: boolean): ScopeSetup {
  return { id, displayName, type: "PRIVACY", required, using: true };
}
