/**
 * The checked consent file (product.md section 8): what was applied for, what Kakao reviewed, what the console is set to now and what
 * the service does. Whatever was not said is undefined: no rule guesses it, and C-FILE-01 names it.
 */
export interface ConsentFile {
  readonly application?: Application | undefined;
  readonly reviewed?: Reviewed | undefined;
  readonly console?: ConsoleState | undefined;
  readonly service?: Service | undefined;
  /** Scope ids that Kakao brought since this version. */
  readonly newItems: readonly string[];
  readonly waive: readonly Waiver[];
}

/** How an item is asked for: 필수 동의, 선택 동의, 이용 중 동의, 사용 안 함. */
export const CONSENTS = ["required", "optional", "in-use", "off"] as const;
export type Consent = (typeof CONSENTS)[number];

/** A calendar day, `YYYY-MM-DD`, in Asia/Seoul. */
export type Day = string;

/** Consents by scope id. */
export type Consents = Readonly<Record<string, Consent>>;

export const REVIEW_STATES = ["draft", "submitted", "rejected", "approved"] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export interface Application {
  /** The two permissions that are applied for apart: terms of simple sign-up, and personal data items. */
  readonly permissions?: { readonly terms?: ReviewState | undefined; readonly items?: ReviewState | undefined } | undefined;
  readonly submitted?: Day | undefined;
  readonly decided?: Day | undefined;
  readonly launch?: Day | undefined;
  /** Days beside week-ends and fixed holidays on which nobody at Kakao works. */
  readonly holidays: readonly Day[];
  readonly rejection?: string | undefined;
  /** The reason for collecting, for all items that name none of their own. */
  readonly purpose?: string | undefined;
  readonly items?: Readonly<Record<string, { readonly consent: Consent; readonly purpose?: string | undefined }>> | undefined;
  readonly documents?: readonly ReviewDocument[] | undefined;
}

/** What a document shows. The last five are those of the business verification of the channel. */
export const DOCUMENT_KINDS = [
  "sign-up-form", "terms-screen", "mock-up", "plan",
  "business-registration", "employment-or-identity", "mail-order", "medical-devices", "health-food",
] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export interface ReviewDocument {
  readonly kind: DocumentKind;
  readonly file: string;
  /** In bytes. */
  readonly size?: number | undefined;
  readonly issued?: Day | undefined;
  /** Scope ids or tags of terms that it proves; without it, all of its permission. */
  readonly for?: readonly string[] | undefined;
  /** Personal data other than the name are blacked out. */
  readonly masked?: boolean | undefined;
}

export interface Reviewed {
  readonly on?: Day | undefined;
  readonly items?: Consents | undefined;
  readonly terms?: readonly Term[] | undefined;
  /** 만 14세 이상 연령 동의. */
  readonly ageTerm?: boolean | undefined;
}

export const TERM_KINDS = ["terms-of-service", "privacy", "marketing", "night-marketing", "abroad", "other"] as const;
export type TermKind = (typeof TERM_KINDS)[number];

export interface Term {
  readonly tag?: string | undefined;
  readonly kind?: TermKind | undefined;
  readonly title?: { readonly ko?: string | undefined; readonly en?: string | undefined } | undefined;
  readonly url?: string | undefined;
  readonly required?: boolean | undefined;
  /** The company that the text behind the URL names. */
  readonly company?: string | undefined;
  /** A digest or version of the text, in any form, to see that it is the same. */
  readonly text?: string | undefined;
}

export interface ConsoleState {
  readonly readOn?: Day | undefined;
  readonly app?: ConsoleApp | undefined;
  readonly login?: boolean | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly autoLink?: boolean | undefined;
  readonly fixedIds?: boolean | undefined;
  readonly simpleSignUp?: boolean | undefined;
  readonly items?: Consents | undefined;
  /** 카카오계정 상태 변경 내역, an item without a published id. */
  readonly statusItem?: Consent | undefined;
  readonly terms?: readonly Term[] | undefined;
  readonly ageTerm?: boolean | undefined;
  /** Registered at [Transfer of Personal Information Overseas]. */
  readonly abroad?: boolean | undefined;
  /** The checkbox on the consent screen that adds the channel. */
  readonly channelConsent?: boolean | undefined;
  readonly channels?: readonly ConsoleChannel[] | undefined;
  readonly webhooks?: { readonly unlink?: string | undefined; readonly accountStatus?: string | undefined; readonly channel?: string | undefined } | undefined;
  /** How many people have each role. */
  readonly roles?: { readonly owner?: number | undefined; readonly editor?: number | undefined; readonly channelMaster?: number | undefined; readonly channelManager?: number | undefined } | undefined;
}

export interface ConsoleApp {
  readonly id?: string | undefined;
  readonly business?: boolean | undefined;
  readonly businessNumber?: string | undefined;
  readonly company?: string | undefined;
  readonly platforms?: readonly string[] | undefined;
}

export interface ConsoleChannel {
  readonly id: string;
  readonly business?: boolean | undefined;
  readonly businessNumber?: string | undefined;
  readonly primary?: boolean | undefined;
}

export const OFFERS = ["delivery", "friends", "messages-to-friends", "other"] as const;
export type Offer = (typeof OFFERS)[number];

export interface Service {
  readonly company?: string | undefined;
  readonly signUp?: SignUp | undefined;
  /** What each item is used for, by scope id. */
  readonly uses?: Readonly<Record<string, Use>> | undefined;
  /** What there is at this service that makes an item fit. */
  readonly offers?: readonly Offer[] | undefined;
  /** Trades that need a certificate of their own. */
  readonly trades?: readonly ("mail-order" | "medical-devices" | "health-food")[] | undefined;
  /** Paths of the calls made for a user who logged in for the first time. */
  readonly firstReads?: { readonly calls: readonly string[]; readonly withinHours?: number | undefined } | undefined;
  readonly leaving?: { readonly unlinks?: boolean | undefined; readonly followsNotices?: boolean | undefined } | undefined;
  /** The app id that Kakao Login ran on before Kakao Sync; none: there was no Kakao Login. */
  readonly formerApp?: string | undefined;
  readonly under14?: "refused" | "admitted" | undefined;
  readonly guardianConsent?: boolean | undefined;
  /** What keeps under-14s out beside the setting of the console. */
  readonly ageChecks?: readonly ("age-range" | "identity-verification" | "ci")[] | undefined;
  readonly abroad?: { readonly transfers?: boolean | undefined; readonly business?: boolean | undefined; readonly notice?: boolean | undefined } | undefined;
  readonly advertising?: Advertising | undefined;
  readonly ci?: CiHandling | undefined;
  readonly policies?: Policies | undefined;
}

export interface SignUp {
  readonly url?: string | undefined;
  /** What the service's own form asks for, by scope id. */
  readonly items?: Consents | undefined;
  /** Fields of the form that Kakao does not have. */
  readonly further?: readonly string[] | undefined;
  readonly terms?: readonly Term[] | undefined;
  /** Where the service itself collects a CI. */
  readonly identityVerification?: "sign-up" | "use" | "none" | undefined;
  /** What a member is known by. */
  readonly memberId?: "own" | "kakao-id" | "account_ci" | "account_email" | "phone_number" | undefined;
  /** POST /v1/user/signup is called after the first login. */
  readonly callsSignUp?: boolean | undefined;
  /** A member row is made (or found) after Kakao's screen. */
  readonly makesMember?: boolean | undefined;
  /** Values that Kakao does not have are asked for by the service. */
  readonly asksForMissing?: boolean | undefined;
}

export interface Use {
  readonly for: string;
  readonly at?: "sign-up" | "use" | undefined;
  readonly essential?: boolean | undefined;
}

export interface Advertising {
  readonly sends?: boolean | undefined;
  readonly atNight?: boolean | undefined;
  /** Everybody who agreed is told so again every two years. */
  readonly reconfirms?: boolean | undefined;
  /** Who agrees, refuses or withdraws is told the result within 14 days. */
  readonly tellsResult?: boolean | undefined;
}

/** What becomes of CIs that Kakao gave. */
export interface CiHandling {
  readonly onlyCompared?: boolean | undefined;
  readonly destroyed?: boolean | undefined;
  /** Encrypted, apart from resident registration numbers, with a record of who gave them and when. */
  readonly guarded?: boolean | undefined;
}

export interface Policies {
  readonly termsUrl?: string | undefined;
  readonly privacyUrl?: string | undefined;
  readonly privacy?:
    | {
        readonly namesKakao?: boolean | undefined;
        /** Scope ids that the privacy policy names. */
        readonly items?: readonly string[] | undefined;
        readonly retention?: boolean | undefined;
        readonly entrusting?: boolean | undefined;
      }
    | undefined;
  /** Terms of service, privacy policy and operating policy were changed for Kakao Sync. */
  readonly changedForKakao?: boolean | undefined;
}

export interface Waiver {
  readonly rule: string;
  readonly item?: string | undefined;
  readonly reason: string;
  readonly until: Day;
}

/** An item that the main configuration needs, as plain data: core does not know the configuration. */
export interface ConfiguredUse {
  /** Scope id. */
  readonly item: string;
  /** Where it says so, for people: `matching.keys: ci`, `channel.fields`, `--relation`. */
  readonly by: string;
}

/** What Kakao answers for a sample of linked users. Counts are users. */
export interface LiveFacts {
  /** How many users were asked and answered. */
  readonly sampled: number;
  /** Items of `/v2/user/scopes`, each once. */
  readonly items: readonly LiveItem[];
  /** Terms of `/v2/user/service_terms?result=app_service_terms`, in Kakao's order; undefined when they could not be asked for. */
  readonly terms?: readonly LiveTerm[] | undefined;
  /** With `synched_at`. The rest of `sampled` came by Kakao Login alone. */
  readonly kakaoSyncUsers: number;
}

export interface LiveItem {
  readonly id: string;
  readonly displayName?: string | undefined;
  /** The app uses it now: `using` in any answer. */
  readonly using: boolean;
  readonly agreed: number;
  /** Of those who agreed, how many may withdraw it. */
  readonly revocable: number;
  /** Of those who agreed, for how many a value is there; undefined for items without a value in the account (channel, talk). */
  readonly withValue?: number | undefined;
}

export interface LiveTerm {
  readonly tag: string;
  readonly required: boolean;
  readonly agreed: number;
}

/** A way to a value in the consent file. */
export type ConsentPath = readonly (string | number)[];

/** Everything that the rules look at. */
export interface AuditInput {
  readonly consent: ConsentFile;
  /** `YYYY-MM-DD` in Asia/Seoul. */
  readonly today: Day;
  /** From the main configuration; empty when there is none. */
  readonly uses: readonly ConfiguredUse[];
  readonly live?: LiveFacts | undefined;
  /** The consent file as it is shown, for findings. */
  readonly file: string;
  /** The line (from 1) of a path; of one that is not there, that of what it is missing in. */
  readonly lineOf: (path: ConsentPath) => number;
}
