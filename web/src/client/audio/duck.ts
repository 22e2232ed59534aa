/** -12 dB. */
const DUCKED_GAIN = 0.251;
/** Down fast, since the guest already speaks; up without a jolt, ms. */
const DOWN_MS = 10;
const UP_MS = 20;
/** The server must confirm an onset that was heard here within this, ms: its own decision and a poor way there. */
const CONFIRM_MS = 700;
/** After an onset that it did not confirm none is heeded for this, doubling to the second, ms: echo, a loud room. */
const DISTRUST_MS = 1000;
const MOST_DISTRUST_MS = 16_000;

type Ducked =
  | { by: "nobody" }
  /** Heard here; the server has still so many frames to confirm it. */
  | { by: "onset"; left: number }
  | { by: "server" };

/** How loud her voice is while the guest may be interrupting. Time is counted in rendered frames. */
export class Duck {
  readonly #rate: number;
  readonly #tell: (on: boolean) => void;
  #ducked: Ducked = { by: "nobody" };
  #gain = 1;
  #distrustMs = DISTRUST_MS;
  /** Frames in which no onset is heeded. */
  #deaf = 0;

  /**
   * @param rate of the rendered frames, Hz.
   * @param tell called when her voice is to be quieter, and when it is not any more.
   */
  constructor(rate: number, tell: (on: boolean) => void) {
    this.#rate = rate;
    this.#tell = tell;
  }

  /** The guest has begun to make a sound over her voice. */
  onset(): void {
    if (this.#ducked.by !== "nobody" || this.#deaf > 0) return;
    this.#become({ by: "onset", left: this.#frames(CONFIRM_MS) });
  }

  /** The server's word. */
  server(on: boolean): void {
    if (on) this.#distrustMs = DISTRUST_MS;
    this.#become({ by: on ? "server" : "nobody" });
  }

  /** Her voice is over: what was heard over it is of no account any more. */
  over(): void {
    if (this.#ducked.by === "onset") this.#become({ by: "nobody" });
  }

  /** The gain of the next frame. */
  next(): number {
    if (this.#deaf > 0) this.#deaf -= 1;
    if (this.#ducked.by === "onset") {
      this.#ducked.left -= 1;
      if (this.#ducked.left <= 0) this.#unconfirmed();
    }
    const target = this.#ducked.by === "nobody" ? 1 : DUCKED_GAIN;
    const slope = (1 - DUCKED_GAIN) / this.#frames(target < this.#gain ? DOWN_MS : UP_MS);
    this.#gain += Math.max(-slope, Math.min(slope, target - this.#gain));
    return this.#gain;
  }

  #unconfirmed(): void {
    this.#deaf = this.#frames(this.#distrustMs);
    this.#distrustMs = Math.min(MOST_DISTRUST_MS, this.#distrustMs * 2);
    this.#become({ by: "nobody" });
  }

  #become(ducked: Ducked): void {
    const changed = (this.#ducked.by === "nobody") !== (ducked.by === "nobody");
    this.#ducked = ducked;
    if (changed) this.#tell(ducked.by !== "nobody");
  }

  #frames(ms: number): number {
    return Math.round((ms * this.#rate) / 1000);
  }
}
