import { FailedError, StartError, type ErrorFacts, type OperatorError } from "../errors.ts";
import { say, translate } from "../say.ts";
import { findChannelSentences } from "./channel-sentences.ts";

/**
 * Kakao answered a call with something that ends it. `kakaoCode` is Kakao's own code, null where it gave none;
 * `code` is `kakao-103` and the like, so that a caller can tell users' own troubles from the run's.
 */
export class KakaoCallError extends FailedError {
  readonly kakaoCode: number | null;

  constructor(kakaoCode: number | null, facts: ErrorFacts) {
    super(facts);
    this.kakaoCode = kakaoCode;
  }
}

/** No answer, or one that does not say what happened: after an unlink, look before anything else (U6). Code `kakao-no-answer`. */
export class KakaoNoAnswerError extends KakaoCallError {}

/** What an error has to say about the call it came from. */
export interface CallFacts {
  /** Method and path, without parameters. */
  readonly call: string;
  /** Whether Kakao has accepted the key in this run: a wrong key at once is a setting, a wrong key later a failure. */
  readonly begun: boolean;
}

/** A refusal: `code` is Kakao's, `status` the HTTP status, `callerIp` the address of an `ip mismatched!` answer. */
export interface Refusal {
  readonly status: number;
  readonly code: number | null;
  readonly callerIp: string | null;
}

/** What a code means, and what to do; English sentences, translated when they are told. */
export interface Sentences {
  readonly said: string;
  readonly hint: string;
  /** What to do when that is done. */
  readonly next?: string;
}

const next = "Then run the same command again: it goes on where it stopped.";
const later = "Wait until Kakao is back (devtalk.kakao.com, 공지), then run the same command again: it goes on where it stopped.";
const userOnly = "This concerns that user only; the others go on.";

/** By Kakao's code (kakao-api.md 4.1 to 4.3): what it means here, and what to do. Kakao's own `msg` is not shown: it is not stable and may quote what was sent. */
const sentences: ReadonlyMap<number, Sentences> = new Map([
  [-1, { said: "internal error at Kakao", hint: later }],
  [-2, { said: "a parameter was refused", hint: "This is a defect in kakao-sync or a change at Kakao: report it with this code and path." }],
  [-3, { said: "the function is not switched on for this app", hint: "Switch on Kakao Login and the items in the console.", next }],
  [-4, { said: "the account is sanctioned", hint: userOnly }],
  [-5, { said: "the app lacks the permission", hint: "Ask for the permission in the console (앱 > 추가 기능 신청).", next }],
  [-7, { said: "Kakao is under maintenance or has an internal problem", hint: later }],
  [-12, { said: "the app or its developer is sanctioned", hint: "Clear it with Kakao's support.", next }],
  [-101, { said: "the user is not linked to this app", hint: "Take the listing anew: kakao-sync pull." }],
  [-103, { said: "the Kakao account is dormant or gone", hint: userOnly }],
  [-201, { said: "a property key is unknown to this app", hint: "This is a defect in kakao-sync or a change at Kakao: report it with this code and path." }],
  [-402, { said: "the user has not consented to what was asked", hint: userOnly }],
  [-406, { said: "the user is under 14 and the app does not admit them", hint: userOnly }],
  [-501, { said: "the account is no KakaoTalk user", hint: userOnly }],
  [-603, { said: "timeout inside Kakao", hint: later }],
  [-9798, { said: "Kakao is under maintenance", hint: later }],
]);

/** What to do, and then to run the command again. */
function andResume(hint: string, then = next): string {
  return `${translate(hint)} ${translate(then)}`;
}

/** The error for an answer that refused the call and is not worth another attempt. */
export function refusalError(facts: CallFacts, refusal: Refusal): OperatorError {
  const { code, status } = refusal;
  if (code === -401) return keyError(facts, refusal.callerIp);
  if (code === -10 || (code === null && status === 429)) return quotaError(facts, code);
  if (code === null) return statusError(facts, status);
  const { said, hint, next: then } = findChannelSentences(code, facts.call) ?? sentences.get(code) ?? unknownCode(status);
  return new KakaoCallError(code, {
    code: `kakao${String(code)}`,
    message: say`Kakao refused ${facts.call} with code ${String(code)}: ${translate(said)}.`,
    hint: then === undefined ? hint : andResume(hint, then),
  });
}

function unknownCode(status: number): Sentences {
  return { said: "a code without a known meaning", hint: say`Look the code up in Kakao's error reference (HTTP status ${status}).`, next };
}

/** No answer at all; `reason` is a system code such as ECONNRESET. */
export function noAnswerError(facts: CallFacts, reason: string): KakaoNoAnswerError {
  const certificate = /CERT|TLS|SSL|SIGNATURE/.test(reason);
  return new KakaoNoAnswerError(null, {
    code: "kakao-no-answer",
    message: say`Kakao did not answer ${facts.call} (${reason}).`,
    hint: certificate
      ? "The server's certificate was not accepted: check kakao.baseUrl and what stands between this machine and Kakao."
      : andResume("Check that this machine reaches kakao.baseUrl: network, firewall, name service; proxies are not used."),
  });
}

/** An unlink was answered in a way that leaves open whether it happened (-1, -603, 5xx). */
export function unclearUnlinkError(facts: CallFacts, code: number | null): KakaoNoAnswerError {
  return new KakaoNoAnswerError(code, {
    code: "kakao-no-answer",
    message: say`Kakao failed during ${facts.call}${code === null ? "" : say` (code ${String(code)})`}: whether the user was unlinked is not known.`,
    hint: "Run the same command with --plan and the run's id: it looks first and repeats only what did not happen.",
  });
}

/** Whether a customer file was made stayed open, and the list does not tell either. */
export function unclearFileError(facts: CallFacts): KakaoNoAnswerError {
  return new KakaoNoAnswerError(null, {
    code: "kakao-no-answer",
    message: say`Kakao did not answer ${facts.call} properly, and its list names no files: whether the customer file was made is not known.`,
    hint: "Look in the Kakao Business Partner Center whether it is there. If it is, delete it, or choose another name; then run the same command again.",
  });
}

/** The body was no JSON: a page of a proxy, a login page, another server. */
export function notJsonError(facts: CallFacts, status: number): KakaoCallError {
  return new KakaoCallError(null, {
    code: "kakao-not-json",
    message: say`The answer to ${facts.call} was not JSON (HTTP status ${String(status)}): this was not Kakao's API.`,
    hint: andResume("Check kakao.baseUrl (https://kapi.kakao.com) and what stands between this machine and Kakao."),
  });
}

/** JSON, but not of the shape that Kakao documents; `where` names the field, never its value. */
export function unexpectedAnswerError(facts: CallFacts, where: string): KakaoCallError {
  return new KakaoCallError(null, {
    code: "kakao-unexpected-answer",
    message: say`Kakao's answer to ${facts.call} is not what is documented: ${translate(where)}.`,
    hint: "Nothing was taken from it. If it comes again, report it with this sentence: Kakao may have changed its API.",
  });
}

function keyError(facts: CallFacts, callerIp: string | null): OperatorError {
  const words =
    callerIp === null
      ? {
          code: "kakao-401",
          message: say`Kakao did not accept the admin key (code -401, ${facts.call}).`,
          hint: andResume("Check that it is the service app's admin key (앱 키 > 어드민 키), neither the REST API key nor a deleted one."),
        }
      : {
          code: "kakao-ip-mismatch",
          message: say`Kakao knows the admin key but not this machine's address${callerIp === "" ? "" : ` ${callerIp}`} (code -401, ${facts.call}).`,
          hint: andResume("Register the address in the console (호출 허용 IP 주소), or call from a registered one."),
        };
  return facts.begun ? new KakaoCallError(-401, words) : new StartError(words);
}

function quotaError(facts: CallFacts, code: number | null): KakaoCallError {
  return new KakaoCallError(code, {
    code: "kakao-quota",
    message: say`Kakao's limit of calls is used up (${facts.call}), and waiting did not lift it: probably the month's quota of the app.`,
    hint: andResume("See the quota in the console (쿼터), and what else uses this app."),
  });
}

function statusError(facts: CallFacts, status: number): KakaoCallError {
  if (status >= 300 && status < 400) {
    return new KakaoCallError(null, {
      code: "kakao-redirect",
      message: say`${facts.call} was answered with a redirect (HTTP status ${String(status)}), which is never followed: the admin key would go along.`,
      hint: "Write the address that answers itself into kakao.baseUrl: https://kapi.kakao.com.",
    });
  }
  return new KakaoCallError(null, {
    code: `kakao-http-${String(status)}`,
    message: say`${facts.call} was answered with HTTP status ${String(status)} and without one of Kakao's codes.`,
    hint: status >= 500 ? later : andResume("Check kakao.baseUrl (https://kapi.kakao.com)."),
  });
}
