import type { Sentences } from "./errors.ts";

const next = "Then run the same command again.";

/** What Kakao's codes mean on the calls about channels and their customer files (kakao-api.md 3.10, 4.3, 8.0), where that is more than elsewhere. */
const sentences: ReadonlyMap<number, Sentences> = new Map([
  [-3, {
    said: "the function for KakaoTalk channels is not switched on for this app",
    hint: "In Kakao Developers register the business information and connect the business channel; under [App] > [KakaoTalk Channel] (앱 > 카카오톡 채널) the app's owner accepts the policy for customer files.",
    next,
  }],
  [-402, {
    said: "the consent item plusfriends (카카오톡 채널 추가 상태 및 내역) is not switched on for this app, as far as its users' consents show",
    hint: "Connect the channel and switch the item on: Kakao Developers > [Kakao Login] > [Consent Items] (카카오 로그인 > 동의항목). Kakao tells the relation of those alone who then agree to it.",
  }],
  [-541, { said: "there is no such channel", hint: "Write the profile id of the channel into channel.publicId: _Abcd, as in https://pf.kakao.com/_Abcd.", next }],
  [-544, { said: "the channel is sanctioned", hint: "See the channel's notices in the Kakao Business Partner Center and clear it with Kakao's support.", next }],
  [-815, { said: "Kakao's customer management failed", hint: "Wait until Kakao is back (devtalk.kakao.com, 공지), then run the same command again." }],
  [-816, { said: "the channel has no customer file of this number", hint: "Look at the channel's customer files in the Kakao Business Partner Center: one that was deleted there is gone. Start a new file under another name." }],
  [-819, {
    said: "the channel is not connected to this app",
    hint: "Connect it: Kakao Developers > [App] > [Request for App Permissions] (앱 > 추가 기능 신청 > 카카오톡 채널 연결), or write the connected channel's profile id into channel.publicId.",
    next,
  }],
]);

/** By Kakao's code and the call (`POST /v1/talkchannel/…`); undefined where it means what it means elsewhere. */
export function findChannelSentences(code: number, call: string): Sentences | undefined {
  return /^[A-Z]+ (\/v2\/api\/talk\/channels|\/v1\/talkchannel\/)/.test(call) ? sentences.get(code) : undefined;
}
