import type { Menu } from "../core/consent/rule.ts";

/** The way to each menu. The console was rearranged in 2026: where only an older path is documented, it is the one given here. */
export const consentMenus: Readonly<Record<Menu, { readonly en: string; readonly ko: string }>> = {
  "consent-items": { en: "Kakao Developers > [App] > [Kakao Login] > [Consent Items]", ko: "카카오디벨로퍼스 > [앱] > [카카오 로그인] > [동의항목]" },
  login: { en: "Kakao Developers > [App] > [Kakao Login]", ko: "카카오디벨로퍼스 > [앱] > [카카오 로그인]" },
  "login-advanced": { en: "Kakao Developers > [App] > [Kakao Login] > [Advanced]", ko: "카카오디벨로퍼스 > [앱] > [카카오 로그인] > [고급]" },
  "simple-sign-up": { en: "Kakao Developers > [App] > [Kakao Login] > [Simple Signup]", ko: "카카오디벨로퍼스 > [앱] > [카카오 로그인] > [간편가입]" },
  webhooks: { en: "Kakao Developers > [App] > [Webhook]", ko: "카카오디벨로퍼스 > [앱] > [웹훅]" },
  team: { en: "Kakao Developers > [App] > [Member]", ko: "카카오디벨로퍼스 > [앱] > [멤버]" },
  abroad: { en: "Kakao Developers > [App] > [Kakao Login] > [Transfer of Personal Information Overseas]", ko: "카카오디벨로퍼스 > [앱] > [카카오 로그인] > [개인정보 국외이전]" },
  "app-business": { en: "Kakao Developers > [App] > [Business information]", ko: "카카오디벨로퍼스 > [앱] > [비즈니스 정보]" },
  "app-general": { en: "Kakao Developers > [App] > [General]", ko: "카카오디벨로퍼스 > [앱] > [일반]" },
  permissions: { en: "Kakao Developers > [App] > [Request for App Permissions]", ko: "카카오디벨로퍼스 > [앱] > [추가 기능 신청]" },
  "channel-business": { en: "Kakao Talk Channel Admin Center > [Management] > [Business channel] > [Apply channel]", ko: "카카오톡 채널 관리자센터 > [관리] > [비즈니스 채널] > [채널 신청]" },
  "channel-connect": { en: "Kakao Developers > [App] > [Kakao Talk Channel]", ko: "카카오디벨로퍼스 > [앱] > [카카오톡 채널]" },
  service: { en: "Your service", ko: "서비스" },
  "consent-file": { en: "The consent file", ko: "동의 파일" },
  configuration: { en: "The configuration", ko: "설정 파일" },
};
