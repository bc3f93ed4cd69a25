import type { Offer } from "./model.ts";

/** What Kakao wants before an item may be asked for. */
export type Review =
  /** Nothing, whatever the consent. */
  | "none"
  /** Nothing while it is optional; a business app to make it required. */
  | "business-for-required"
  /** A business app and a passed review, optional or required. */
  | "always"
  /** A contract with Kakao. */
  | "partner";

export interface ItemFacts {
  readonly en: string;
  readonly ko: string;
  readonly type: "PRIVACY" | "SERVICE" | "-";
  readonly review: Review;
  /** One of these has to be there at the service, or the use does not fit. */
  readonly fits?: readonly Offer[];
  /** What to set instead of an item that Kakao has replaced. */
  readonly replacedBy?: readonly string[];
}

/**
 * Every consent item whose scope id is published (Kakao Login > REST API and Prerequisites, as read in 2026). The older design guide
 * gives name, phone number, birthday, gender, age range and addresses as optional without a review; today all of them need one.
 */
export const ITEMS: Readonly<Record<string, ItemFacts>> = {
  profile_nickname: { en: "nickname", ko: "닉네임", type: "PRIVACY", review: "none" },
  profile_image: { en: "profile picture", ko: "프로필 사진", type: "PRIVACY", review: "none" },
  profile: { en: "nickname and picture, before 2021-06-25", ko: "프로필 정보(닉네임/프로필 사진)", type: "PRIVACY", review: "none", replacedBy: ["profile_nickname", "profile_image"] },
  account_email: { en: "e-mail address", ko: "카카오계정(이메일)", type: "PRIVACY", review: "business-for-required" },
  name: { en: "name", ko: "이름", type: "PRIVACY", review: "always" },
  gender: { en: "gender", ko: "성별", type: "PRIVACY", review: "always" },
  age_range: { en: "age range", ko: "연령대", type: "PRIVACY", review: "always" },
  birthday: { en: "birthday", ko: "생일", type: "PRIVACY", review: "always" },
  birthyear: { en: "birth year", ko: "출생 연도", type: "PRIVACY", review: "always" },
  phone_number: { en: "phone number", ko: "카카오계정(전화번호)", type: "PRIVACY", review: "always" },
  account_ci: { en: "CI", ko: "CI(연계정보)", type: "PRIVACY", review: "always" },
  shipping_address: { en: "delivery addresses", ko: "배송지정보", type: "PRIVACY", review: "always", fits: ["delivery"] },
  plusfriends: { en: "channel add state and history", ko: "카카오톡 채널 추가 상태 및 내역", type: "PRIVACY", review: "none" },
  friends: { en: "friend list", ko: "카카오 서비스 내 친구목록", type: "PRIVACY", review: "always", fits: ["friends", "messages-to-friends"] },
  talk_message: { en: "sending KakaoTalk messages", ko: "카카오톡 메시지 전송", type: "SERVICE", review: "always", fits: ["messages-to-friends"] },
  talk_chats: { en: "chat list", ko: "카카오톡 채팅방 목록", type: "SERVICE", review: "partner" },
  openid: { en: "OpenID Connect", ko: "OpenID Connect", type: "-", review: "none" },
  legal_name: { en: "verified name", ko: "실명", type: "PRIVACY", review: "partner" },
  legal_birth_date: { en: "verified birth date", ko: "법정생년월일", type: "PRIVACY", review: "partner" },
  legal_gender: { en: "verified gender", ko: "법정성별", type: "PRIVACY", review: "partner" },
  // Known from Kakao's SDKs only: the id is not confirmed.
  is_korean: { en: "national or foreigner", ko: "내/외국인", type: "PRIVACY", review: "partner" },
};

/** Undefined for an id that is not published. */
export function findItem(id: string): ItemFacts | undefined {
  return Object.hasOwn(ITEMS, id) ? ITEMS[id] : undefined;
}

/** True if an item may only be asked for after a passed review; of one that is not known, because it might. */
export function needsReview(id: string): boolean {
  const facts = findItem(id);
  return facts === undefined || facts.review === "always" || facts.review === "partner";
}
