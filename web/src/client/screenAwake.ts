/** What is needed of the page: whether it is in sight. */
export interface Sight {
  readonly visibilityState: DocumentVisibilityState;
  addEventListener(name: "visibilitychange", seen: () => void, options: { signal: AbortSignal }): void;
}

/**
 * Keeps a phone's screen on while the microphone is open: a screen that goes out takes the microphone with it.
 *
 * The browser lets the screen go whenever the page is hidden; it is asked again when the page is in sight. Where it has
 * no such locks, or refuses them to save power, the screen does as it always does.
 */
export class ScreenAwake {
  readonly #locks: Pick<WakeLock, "request"> | undefined;
  readonly #sight: Sight;
  #wanted = false;
  #asking = false;
  #lock: WakeLockSentinel | null = null;

  /** @param ending the screen is let go when it aborts. */
  constructor(locks: Pick<WakeLock, "request"> | undefined, sight: Sight, ending: AbortSignal) {
    this.#locks = locks;
    this.#sight = sight;
    const seen = (): void => void this.#ask();
    sight.addEventListener("visibilitychange", seen, { signal: ending });
    ending.addEventListener("abort", () => {
      this.want(false);
    });
  }

  want(on: boolean): void {
    if (on === this.#wanted) return;
    this.#wanted = on;
    if (on) void this.#ask();
    else this.#letGoUnlessWanted();
  }

  async #ask(): Promise<void> {
    const held = this.#lock !== null && !this.#lock.released;
    if (!this.#wanted || held || this.#asking || this.#sight.visibilityState !== "visible") return;
    this.#asking = true;
    try {
      this.#lock = (await this.#locks?.request("screen")) ?? null;
    } catch {
      // Refused; there is nothing that the guest could do about it.
    }
    this.#asking = false;
    this.#letGoUnlessWanted();
  }

  #letGoUnlessWanted(): void {
    if (this.#wanted) return;
    void this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }
}
