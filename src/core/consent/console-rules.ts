import { consoleConsent, hitIf, isHttps, isOn } from "./look.ts";
import type { AuditInput, ConsentPath } from "./model.ts";
import type { Rule } from "./rule.ts";

/** Channels of one business app. */
const MOST_CHANNELS = 10;
/** After the first login (notice on incomplete sign-ups). */
const SIGN_UP_HOURS = 24;

/** Reads after which Kakao counts a sign-up as completed: those of the notice. */
const COMPLETING_READS: readonly string[] = [
  "/v2/user/me", "/v1/user/shipping_address", "/v1/api/talk/profile", "/v1/api/story/profile", "/v1/api/talk/friends", "/v1/friends", "/v1/api/talk/channels",
];

const channels: ConsentPath = ["console", "channels"];
const calls: ConsentPath = ["service", "firstReads", "calls"];
const setting = { who: "editor", stage: "before-launch", menu: "login" } as const;
const connecting = { who: "editor", stage: "before-review", menu: "channel-connect", needs: [channels] } as const;
const service = { who: "service", stage: "before-launch", menu: "service" } as const;
const login = { document: "prerequisites", section: "2. Set up for Kakao Login" } as const;
const channel = { document: "prerequisites", section: "3. Set up Kakao Talk Channel" } as const;
const connection = { document: "guide2019", section: "비즈 앱 - 인증 프로필 연결" } as const;
const notice = { document: "notice", section: "적용 대상 / What to do" } as const;
const cases = { document: "design", section: "Cases A, B and C: deleting and unlinking" } as const;

/** The app, the channel, the switches of the console, and what the service does after a login and an unlink. */
export const CONSOLE_RULES: readonly Rule[] = [
  { ...setting, id: "C-CON-01", level: "error", needs: [["console", "login"]], source: login, check: ({ consent }) => hitIf(consent.console?.login === false, ["console", "login"]) },
  { ...setting, id: "C-CON-02", level: "error", needs: [["console", "redirectUris"]], source: login, check: ({ consent }) => hitIf(consent.console?.redirectUris?.length === 0, ["console", "redirectUris"]) },
  {
    ...setting, id: "C-CON-03", level: "error", who: "service", menu: "service", needs: [["console", "autoLink"]],
    source: { document: "notice", section: "자동 연결을 사용하지 않는 경우 / If your app is not using the auto-link option" },
    check: ({ consent }) => hitIf(consent.console?.autoLink === false && consent.service?.signUp?.callsSignUp !== true, ["service", "signUp", "callsSignUp"]),
  },
  {
    ...service, id: "C-CON-04", level: "error", needs: [calls], source: notice,
    check: ({ consent }) => {
      const reads = consent.service?.firstReads?.calls;
      return hitIf(reads !== undefined && !reads.some((read) => COMPLETING_READS.includes(pathOf(read))), calls);
    },
  },
  {
    ...service, id: "C-CON-05", level: "error", needs: [["service", "firstReads", "withinHours"]], source: notice,
    check: ({ consent }) => {
      const hours = consent.service?.firstReads?.withinHours ?? 0;
      return hitIf(hours >= SIGN_UP_HOURS, ["service", "firstReads", "withinHours"], { hours });
    },
  },
  {
    ...setting, id: "C-CON-06", level: "error", menu: "login-advanced", needs: [["console", "fixedIds"]], source: { document: "notice", section: "사용자와 앱간 연결이 끊어졌을 때 / Results when a user is unlinked" },
    check: ({ consent }) => hitIf(consent.console?.fixedIds === false, ["console", "fixedIds"]),
  },
  {
    ...setting, id: "C-CON-07", level: "error", stage: "after-approval", menu: "simple-sign-up", needs: [["console", "simpleSignUp"]], source: { document: "guide2019", section: "간편 가입 항목에서 간편 가입 OFF → ON" },
    check: ({ consent }) => hitIf(consent.console?.simpleSignUp === false && isApproved(consent), ["console", "simpleSignUp"]),
  },
  {
    ...setting, id: "C-CON-08", level: "error", who: "owner", stage: "before-review", menu: "app-business", needs: [["console", "app", "business"]], source: channel,
    check: ({ consent }) => hitIf(consent.console?.app?.business === false, ["console", "app", "business"]),
  },
  {
    ...connecting, id: "C-CON-09", level: "error", who: "channel-master", menu: "channel-business", needs: (input) => [channels, ...eachChannel(input, "business")], source: channel,
    check: ({ consent: { console } }) => hitIf(console?.channels !== undefined && !console.channels.some(({ business }) => business !== false), channels),
  },
  {
    ...connecting, id: "C-CON-10", level: "error", who: "channel-master", menu: "channel-business", needs: (input) => [["console", "app", "businessNumber"], ...eachChannel(input, "businessNumber")], source: connection,
    check: ({ consent: { console } }) => {
      const own = console?.app?.businessNumber;
      return (console?.channels ?? []).flatMap(({ id, businessNumber }, at) =>
        hitIf(own !== undefined && businessNumber !== undefined && digits(own) !== digits(businessNumber), [...channels, at, "businessNumber"], { channel: id }),
      );
    },
  },
  {
    ...connecting, id: "C-CON-11", level: "error", source: channel,
    check: ({ consent: { console } }) => {
      const primary = console?.channels?.filter((other) => other.primary === true).length;
      return hitIf(primary !== undefined && primary !== 1 && console?.channels?.length !== 0, channels, { count: primary ?? 0 });
    },
  },
  {
    ...connecting, id: "C-CON-12", level: "error", source: { document: "guide2019", section: "(2) 비즈앱-인증 프로필 연결하기: 10개의 인증 프로필" },
    check: ({ consent: { console } }) => hitIf((console?.channels?.length ?? 0) > MOST_CHANNELS, channels, { count: console?.channels?.length ?? 0 }),
  },
  {
    ...setting, id: "C-CON-13", level: "error", stage: "before-review", menu: "app-general", needs: [["console", "app", "id"], ["service", "formerApp"]], source: { document: "prerequisites", section: "1. Set up your app: use the existing app" },
    check: ({ consent: { console, service: own } }) => {
      const former = own?.formerApp;
      const now = console?.app?.id;
      return hitIf(former !== undefined && former !== "none" && now !== undefined && former !== now, ["console", "app", "id"], { former: former ?? "", now: now ?? "" });
    },
  },
  {
    ...connecting, id: "C-CON-14", level: "error", menu: "login", stage: "before-launch", needs: (input) => (usesRelations(input) ? [["console", "channelConsent"]] : []), source: channel,
    check: (input) => hitIf(input.consent.console?.channelConsent === false && usesRelations(input), ["console", "channelConsent"]),
  },
  {
    ...setting, id: "C-CON-15", level: "error", menu: "webhooks", source: cases,
    check: ({ consent: { console } }) => hitIf(console?.webhooks !== undefined && console.webhooks.unlink === undefined, ["console", "webhooks"]),
    needs: [["console", "webhooks"]],
  },
  {
    ...setting, id: "C-CON-16", level: "error", menu: "webhooks", source: { document: "callback", section: "Registering webhooks" },
    check: ({ consent: { console } }) =>
      (["unlink", "accountStatus", "channel"] as const).flatMap((kind) => {
        const url = console?.webhooks?.[kind];
        return hitIf(url !== undefined && !isHttps(url), ["console", "webhooks", kind], { webhook: kind });
      }),
  },
  {
    ...setting, id: "C-CON-17", level: "error", who: "owner", stage: "before-review", menu: "team", needs: [["console", "roles", "owner"], ["console", "roles", "editor"]],
    source: { document: "guide2019", section: "카카오싱크 신청: 에디터 이상의 권한" },
    check: ({ consent: { console } }) => hitIf(console?.roles?.owner === 0 && console.roles.editor === 0, ["console", "roles"]),
  },
  {
    ...setting, id: "C-CON-18", level: "warning", who: "owner", stage: "before-review", menu: "team", needs: [["console", "roles", "owner"]], source: { document: "prerequisites", section: "3. Set up Kakao Talk Channel: Only allowed with the Owner account" },
    check: ({ consent: { console } }) => hitIf(console?.roles?.owner === 0 && console.roles.editor !== 0, ["console", "roles", "owner"]),
  },
  {
    ...connecting, id: "C-CON-19", level: "warning", who: "channel-master", menu: "channel-business", needs: [["console", "roles", "channelMaster"]],
    source: { document: "prerequisites", section: "3. Set up Kakao Talk Channel: Only allowed with the Master account" },
    check: ({ consent: { console } }) => hitIf(console?.roles?.channelMaster === 0, ["console", "roles", "channelMaster"]),
  },
  { ...service, id: "C-CON-20", level: "error", needs: [["service", "leaving", "unlinks"]], source: cases, check: ({ consent }) => hitIf(consent.service?.leaving?.unlinks === false, ["service", "leaving", "unlinks"]) },
  { ...service, id: "C-CON-21", level: "error", needs: [["service", "leaving", "followsNotices"]], source: cases, check: ({ consent }) => hitIf(consent.service?.leaving?.followsNotices === false, ["service", "leaving", "followsNotices"]) },
  {
    ...service, id: "C-CON-22", level: "error", needs: [["service", "signUp", "makesMember"]], source: { document: "design", section: "Linking is not creating an account" },
    check: ({ consent }) => hitIf(consent.service?.signUp?.makesMember === false, ["service", "signUp", "makesMember"]),
  },
  {
    ...setting, id: "C-CON-23", level: "warning", menu: "app-general", needs: [["service", "company"]], source: { document: "guide2019", section: "디벨로퍼스 앱이란?: 입력된 회사명으로 카카오 로그인 창에 출력" },
    check: ({ consent: { console, service: own } }) => {
      const shown = console?.app?.company?.trim();
      return hitIf(shown !== undefined && own?.company !== undefined && shown !== own.company.trim(), ["console", "app", "company"], { shown: shown ?? "", company: own?.company ?? "" });
    },
  },
  {
    ...setting, id: "C-CON-24", level: "note", stage: "before-review", menu: "app-general", source: { document: "prerequisites", section: "1. Set up your app: Register platforms" },
    check: ({ consent: { console } }) => hitIf(console?.app?.platforms?.length === 0, ["console", "app", "platforms"]),
  },
  {
    ...setting, id: "C-CON-25", level: "note", menu: "webhooks", source: { document: "guide2019", section: "플러스친구 추가/차단 콜백 URL 설정" },
    check: (input) => hitIf(usesRelations(input) && input.consent.console?.webhooks !== undefined && input.consent.console.webhooks.channel === undefined, ["console", "webhooks"]),
  },
  {
    ...connecting, id: "C-CON-26", level: "error", source: channel,
    check: (input) => hitIf(isOn(consoleConsent(input, "plusfriends")) && input.consent.console?.channels?.length === 0, channels),
  },
];

function eachChannel({ consent }: AuditInput, key: string): ConsentPath[] {
  return (consent.console?.channels ?? []).map((_channel, at) => [...channels, at, key]);
}

/** Who added or blocked the channel is asked for: by the configuration, or by a use of the service. */
function usesRelations({ consent, uses }: AuditInput): boolean {
  return uses.some(({ item }) => item === "plusfriends") || Object.hasOwn(consent.service?.uses ?? {}, "plusfriends");
}

/** Now, or earlier: a further application takes nothing back. */
function isApproved({ application, reviewed }: AuditInput["consent"]): boolean {
  const { terms, items } = application?.permissions ?? {};
  return (terms === "approved" && items === "approved") || (reviewed?.items !== undefined && reviewed.terms !== undefined);
}

/** Without host, query and method: `GET https://kapi.kakao.com/v2/user/me?…` is `/v2/user/me`. */
function pathOf(call: string): string {
  return call.trim().replace(/^[A-Z]+ /, "").replace(/^https?:\/\/[^/]+/, "").replace(/[?#].*$/, "");
}

function digits(text: string): string {
  return text.replace(/\D/g, "");
}
