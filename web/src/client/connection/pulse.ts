/** Pings while sound is on its way, ms apart; closer while the link is poor, so that its recovery shows soon. */
const EVERY_MS = 2000;
const EVERY_POOR_MS = 500;
/** What a way to the server and back may take longer than the shortest one known, ms; between the two nothing changes. */
const POOR_MS = 250;
const GOOD_MS = 100;
/** Ways in a row that are judged alike before the link is: one alone is a hiccup. */
const POOR_RUN = 2;
const GOOD_RUN = 10;
/** Sound that is later than this is better dropped, and a connection that is later better made anew, ms. */
const LATE_MS = 500;
const LOST_MS = 3000;

/**
 * How well the link carries sound, from the time that pings take behind it.
 *
 * `bufferedAmount` tells nothing: operating systems take minutes of sound before it rises. A ping waits behind the sound
 * that was sent before it, and its answer behind Sandra's voice.
 */
export class Pulse {
  /** When the ping was sent that is not answered yet; null for none. */
  #waitingSince: number | null = null;
  #sentAt = Number.NEGATIVE_INFINITY;
  #shortestMs = Number.POSITIVE_INFINITY;
  #lastMs = 0;
  #slow = false;
  /** Ways in a row that speak against what is thought of the link. */
  #against = 0;

  /** Whether the link is poor: compressed sound is called for. */
  get slow(): boolean {
    return this.#slow;
  }

  /** Whether a ping is to be sent now; if so, call `sent`. */
  due(now: number): boolean {
    return this.#waitingSince === null && now - this.#sentAt >= (this.#slow ? EVERY_POOR_MS : EVERY_MS);
  }

  sent(now: number): void {
    this.#waitingSince ??= now;
    this.#sentAt = now;
  }

  /** A ping was answered. */
  answered(roundTripMs: number): void {
    this.#waitingSince = null;
    this.#shortestMs = Math.min(this.#shortestMs, roundTripMs);
    this.#lastMs = roundTripMs - this.#shortestMs;
    const speaksAgainst = this.#slow ? this.#lastMs < GOOD_MS : this.#lastMs > POOR_MS;
    this.#against = speaksAgainst ? this.#against + 1 : 0;
    if (this.#against < (this.#slow ? GOOD_RUN : POOR_RUN)) return;
    this.#slow = !this.#slow;
    this.#against = 0;
  }

  /** How late sound is that is sent now. */
  verdict(now: number): "on_time" | "late" | "lost" {
    const known = Number.isFinite(this.#shortestMs) ? this.#shortestMs : 0;
    const waiting = this.#waitingSince === null ? 0 : now - this.#waitingSince - known;
    if (waiting > LOST_MS) return "lost";
    return waiting > LATE_MS ? "late" : "on_time";
  }

  /** Another connection: what is under way is gone; what is thought of the link stays. */
  reset(): void {
    this.#waitingSince = null;
    this.#sentAt = Number.NEGATIVE_INFINITY;
    this.#against = 0;
  }
}
