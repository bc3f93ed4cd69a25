import type { KakaoId } from "../core/kakao-id.ts";
import type { AccountStatusTokens, TokenSetup } from "./account-status.ts";
import type { UserEvent } from "./users.ts";

/** Where the simulated Kakao sends its notices (kakao-api.md 7.3 and 7.4). */
export interface WebhookTargets {
  readonly unlink?: { readonly url: string; readonly method: "GET" | "POST" };
  readonly accountStatus?: { readonly url: string; readonly audience: string; readonly transactionClaim?: "txm" | "txn" };
  /** How long an answer may take; Kakao's 3,000 when left out. */
  readonly timeoutMs?: number;
}

/** One notice and how it ended. There is no second try. */
export interface Delivery {
  readonly kind: "unlink" | "account-status";
  readonly id: KakaoId;
  readonly event: UserEvent["kind"];
  readonly outcome: "delivered" | "refused" | "no-answer";
  /** HTTP status of the answer, if there was one. */
  readonly status?: number;
}

export interface WebhookSender {
  readonly appId: number;
  readonly tokens: AccountStatusTokens;
  adminKey(): string;
  now(): number;
}

/** Sends unlink and account-status notices in the background and keeps what became of them. */
export class Webhooks {
  readonly deliveries: Delivery[] = [];
  readonly #targets: WebhookTargets;
  readonly #sender: WebhookSender;
  readonly #underway = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(targets: WebhookTargets, sender: WebhookSender) {
    this.#targets = targets;
    this.#sender = sender;
  }

  /** Resolves when every notice sent so far has been answered or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#underway);
  }

  close(): void {
    this.#closing.abort();
  }

  notify(event: UserEvent): void {
    const { unlink, accountStatus } = this.#targets;
    if (unlink && event.kind === "user-unlinked" && event.reason !== "UNLINK_FROM_SERVICE") {
      this.#send("unlink", event, 200, unlinkRequest(unlink, this.#sender, event.id, event.reason));
    }
    if (accountStatus) {
      const setup: TokenSetup = { transactionClaim: "txm", ...accountStatus };
      const body = this.#sender.tokens.sign(event, setup, this.#sender.now());
      const headers = { "content-type": "application/secevent+jwt", connection: "close" };
      this.#send("account-status", event, 202, new Request(accountStatus.url, { method: "POST", headers, body, redirect: "manual" }));
    }
  }

  #send(kind: Delivery["kind"], event: UserEvent, expected: number, request: Request): void {
    const signal = AbortSignal.any([AbortSignal.timeout(this.#targets.timeoutMs ?? 3_000), this.#closing.signal]);
    const sending = fetch(request, { signal }).then(
      ({ status, body }) => {
        this.#note(kind, event, { outcome: status === expected ? "delivered" : "refused", status });
        return body?.cancel();
      },
      () => this.#note(kind, event, { outcome: "no-answer" }),
    ).finally(() => this.#underway.delete(sending));
    this.#underway.add(sending);
  }

  #note(kind: Delivery["kind"], event: UserEvent, result: Pick<Delivery, "outcome" | "status">): void {
    this.deliveries.push({ kind, id: event.id, event: event.kind, ...result });
  }
}

function unlinkRequest(target: { url: string; method: "GET" | "POST" }, sender: WebhookSender, id: KakaoId, reason: string): Request {
  const parameters = new URLSearchParams({ app_id: String(sender.appId), user_id: id, referrer_type: reason });
  const headers = { authorization: `KakaoAK ${sender.adminKey()}`, connection: "close" };
  if (target.method === "POST") {
    const form = { ...headers, "content-type": "application/x-www-form-urlencoded;charset=utf-8" };
    return new Request(target.url, { method: "POST", headers: form, body: parameters.toString(), redirect: "manual" });
  }
  const url = new URL(target.url);
  for (const [name, value] of parameters) url.searchParams.set(name, value);
  return new Request(url, { headers, redirect: "manual" });
}
