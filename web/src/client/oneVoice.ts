/** What is needed of the browser's locks. */
export interface Locks {
  request(name: string, options: LockOptions, held: (lock: Lock | null) => Promise<void>): Promise<unknown>;
}

const NAME = "enterprise-stream.voice";

/**
 * One voice across the tabs of an origin: a lock that one of them holds.
 *
 * Where the browser has no locks, or keeps them from a frame on another site, every tab has the voice.
 */
export class OneVoice {
  readonly #locks: Locks | undefined;
  readonly #lost: () => void;
  #release: (() => void) | null = null;

  /** @param lost called when another tab has taken the voice. */
  constructor(locks: Locks | undefined, lost: () => void) {
    this.#locks = locks;
    this.#lost = lost;
  }

  /** Whether the browser tells tabs apart at all. */
  get guards(): boolean {
    return this.#locks !== undefined;
  }

  /** Takes the voice if no other tab has it; says whether this tab has it now. */
  claim(): Promise<boolean> {
    return this.#request({ ifAvailable: true });
  }

  /** Takes the voice from whichever tab has it. */
  async takeOver(): Promise<void> {
    await this.#request({ steal: true });
  }

  /** Leaves the voice to the others. */
  release(): void {
    this.#release?.();
    this.#release = null;
  }

  #request(options: LockOptions): Promise<boolean> {
    const locks = this.#locks;
    if (locks === undefined || this.#release !== null) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const mine: { release: (() => void) | null } = { release: null };
      const held = (lock: Lock | null): Promise<void> => {
        resolve(lock !== null);
        if (lock === null) return Promise.resolve();
        return new Promise((over) => {
          mine.release = over;
          this.#release = over;
        });
      };
      locks.request(NAME, options, held).catch((error: unknown) => {
        // A lock that was held and is rejected was stolen. A frame whose storage the browser blocks is given none.
        if (forbidden(error)) resolve(true);
        else if (mine.release === null)
          reject(error instanceof Error ? error : new Error("The lock was refused.", { cause: error }));
        else if (this.#release === mine.release) {
          this.#release = null;
          this.#lost();
        }
      });
    });
  }
}

function forbidden(error: unknown): boolean {
  return error instanceof DOMException && error.name === "SecurityError";
}
