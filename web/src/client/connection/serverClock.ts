import type { PingMessage, PongMessage } from "../wire/messages.ts";

/** How far two machines' clocks may run apart, as a share: twice the 100 ppm of a poor crystal. */
const DRIFT = 200e-6;
/** Pongs that are remembered. */
const KEPT = 16;
/** Pings in a row at the beginning; the shortest way among them counts. */
const FIRST_PINGS = 4;

interface Pong {
  offsetMs: number;
  roundTripMs: number;
  at: number;
}

/**
 * The server's clock as this client sees it, from `ping` and `pong`.
 *
 * A pong is off by half of its way at most, and by the drift since; the best one counts, not the last or the mean. All
 * moments are ms on one clock of the client's, which the caller reads.
 */
export class ServerClock {
  #pongs: Pong[] = [];

  /** Another connection, maybe another server: nothing is known. */
  reset(): void {
    this.#pongs = [];
  }

  /** The message to send now. */
  ping(now: number): PingMessage {
    return { type: "ping", t: now };
  }

  /** Takes an answer; true while another ping at once is worth it. */
  pong(message: PongMessage, now: number): boolean {
    if (typeof message.t !== "number" || typeof message.at !== "number") return false;
    const roundTripMs = now - message.t;
    this.#pongs.push({ offsetMs: message.at - (message.t + now) / 2, roundTripMs, at: now });
    if (this.#pongs.length > KEPT) this.#pongs.shift();
    return this.#pongs.length < FIRST_PINGS;
  }

  /** A moment on the server's clock; null before the first pong. */
  toServer(ms: number): number | null {
    const best = this.#best(ms);
    return best === null ? null : ms + best.offsetMs;
  }

  /** The shortest recent way to the server and back, ms; null before the first pong. */
  roundTripMs(now: number): number | null {
    return this.#best(now)?.roundTripMs ?? null;
  }

  #best(now: number): Pong | null {
    const error = (pong: Pong): number => pong.roundTripMs / 2 + DRIFT * (now - pong.at);
    return this.#pongs.reduce<Pong | null>(
      (best, pong) => (best === null || error(pong) < error(best) ? pong : best),
      null,
    );
  }
}
