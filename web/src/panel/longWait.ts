/** Most answers sound before that; what is read out while one is waited for would be read over it, ms. */
const LONG_MS = 1500;

/** Tells when an answer is waited for so long that the wait itself is worth telling, and when it is over. */
export class LongWait {
  readonly #tell: (on: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #long = false;

  constructor(tell: (on: boolean) => void) {
    this.#tell = tell;
  }

  /** @param waits whether an answer is waited for now. */
  follow(waits: boolean): void {
    if (waits) {
      this.#timer ??= setTimeout(() => {
        this.#set(true);
      }, LONG_MS);
    } else if (this.#timer !== null) {
      clearTimeout(this.#timer);
      this.#timer = null;
      this.#set(false);
    }
  }

  #set(long: boolean): void {
    if (long === this.#long) return;
    this.#long = long;
    this.#tell(long);
  }
}
