import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import type { UserEvent } from "./users.ts";

const issuer = "https://kauth.kakao.com";
const keyId = "simulator-1";

/** Unconfirmed by Kakao's own pages: public receivers use the OpenID foundation's addresses for the OAuth family. */
const eventTypes = "https://schemas.openid.net/secevent/oauth/event-type/";

export interface TokenSetup {
  /** `aud`: the app's REST API key. */
  readonly audience: string;
  /** Kakao's page reads `txm`, the standard says `txn` (kakao-api.md 7.4). */
  readonly transactionClaim: "txm" | "txn";
}

/** Signs account-status tokens (kakao-api.md 7.4) with a key pair of its own, made at the first use. */
export class AccountStatusTokens {
  #keys: { publicKey: KeyObject; privateKey: KeyObject } | undefined;

  /** The signed JWT about one event; `now` in milliseconds since 1970. */
  sign(event: UserEvent, setup: TokenSetup, now: number): string {
    const seconds = Math.floor(now / 1000);
    const subject = { subject_type: "iss-sub", iss: issuer, sub: event.id };
    const claims = {
      iss: issuer, aud: setup.audience, sub: event.id, iat: seconds, toe: seconds, [setup.transactionClaim]: randomUUID(), jti: randomUUID(),
      events: { [`${eventTypes}${event.kind}`]: { subject, ...("reason" in event ? { reason: event.reason } : {}) } },
    };
    const signed = `${encode({ alg: "RS256", typ: "secevent+jwt", kid: keyId })}.${encode(claims)}`;
    return `${signed}.${createSign("RSA-SHA256").update(signed).sign(this.#pair().privateKey, "base64url")}`;
  }

  /** The public key as `/.well-known/jwks.json` shows it. */
  jwks(): { keys: object[] } {
    return { keys: [{ ...this.#pair().publicKey.export({ format: "jwk" }), kid: keyId, alg: "RS256", use: "sig" }] };
  }

  #pair(): { publicKey: KeyObject; privateKey: KeyObject } {
    this.#keys ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
    return this.#keys;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
