/** Calls allowed a minute. How Kakao cuts minutes is unconfirmed: by the calendar, or any 60 seconds. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #sliding: boolean;
  #minute = 0;
  #times: number[] = [];

  constructor(perMinute: number, window: "calendar" | "sliding") {
    this.#perMinute = perMinute;
    this.#sliding = window === "sliding";
  }

  /** True when one more call is allowed at this time (milliseconds), which then counts; a refused call does not count. */
  take(now: number): boolean {
    const minute = Math.floor(now / 60_000);
    if (this.#sliding) this.#times = this.#times.filter((time) => time > now - 60_000);
    else if (minute !== this.#minute) this.#times = [];
    this.#minute = minute;
    if (this.#times.length >= this.#perMinute) return false;
    if (Number.isFinite(this.#perMinute)) this.#times.push(now);
    return true;
  }
}
