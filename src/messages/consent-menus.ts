import type { Menu } from "../core/consent/rule.ts";

/**
 * The way to each menu. Kakao rearranged its console in 2026; where no document names the newer path, the older one stands here: those
 * begin with My Application. The Korean name of the transfer abroad is in no document that was read.
 */
export const consentMenus: Readonly<Record<Menu, { readonly en: string; readonly ko: string }>> = {
  "consent-items": { en: "Kakao Developers > [Kakao Login] > [Consent Items]", ko: "카카오디벨로퍼스 > [카카오 로그인] > [동의항목]" },
  login: { en: "Kakao Developers > [Kakao Login]", ko: "카카오디벨로퍼스 > [카카오 로그인]" },
  "login-advanced": { en: "Kakao Developers > [My Application] > [Product Settings] > [Kakao Login] > [Advanced]", ko: "카카오디벨로퍼스 > [내 애플리케이션] > [제품 설정] > [카카오 로그인] > [고급]" },
  "simple-sign-up": { en: "Kakao Developers > [Kakao Login] > [Simple Signup]", ko: "카카오디벨로퍼스 > [카카오 로그인] > [간편가입]" },
  webhooks: { en: "Kakao Developers > [App] > [Webhook]", ko: "카카오디벨로퍼스 > [앱] > [웹훅]" },
  team: { en: "Kakao Developers > [App] > [Member]", ko: "카카오디벨로퍼스 > [앱] > [멤버]" },
  abroad: { en: "Kakao Developers > [My Application] > [Kakao Login] > [Transfer of Personal Information Overseas]", ko: "카카오디벨로퍼스 > [내 애플리케이션] > [카카오 로그인] > [개인정보 국외이전]" },
  "app-business": { en: "Kakao Developers > [My Application] > [Business]", ko: "카카오디벨로퍼스 > [내 애플리케이션] > [비즈니스]" },
  "app-general": { en: "Kakao Developers > [App] > [General]", ko: "카카오디벨로퍼스 > [앱] > [일반]" },
  permissions: { en: "Kakao Developers > [App] > [Request for App Permissions]", ko: "카카오디벨로퍼스 > [앱] > [추가 기능 신청]" },
  "channel-business": { en: "Kakao Business Partner Center > [Management] > [Business channel] > [Apply channel]", ko: "카카오비즈니스 파트너센터 > [관리] > [비즈니스 채널] > [채널 신청]" },
  "channel-connect": { en: "Kakao Developers > [App] > [Request for App Permissions]", ko: "카카오디벨로퍼스 > [앱] > [추가 기능 신청] > [카카오톡 채널 연결]" },
  service: { en: "Your service", ko: "서비스" },
  "consent-file": { en: "The consent file", ko: "동의 파일" },
  configuration: { en: "The configuration", ko: "설정 파일" },
};
