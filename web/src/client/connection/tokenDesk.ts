/** Asks the page for session tokens, one at a time. */
export class TokenDesk {
  readonly #ask: () => void;
  #waiting: { resolve(token: string | null): void; reject(error: Error): void } | null = null;

  /** @param ask asks the page; `give` brings the answer. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** The next token; null connects without one. An attempt that was overtaken by another is refused. */
  next(): Promise<string | null> {
    this.#waiting?.reject(new Error("Another attempt has taken its place."));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#ask();
    });
  }

  /** The page's answer. */
  give({ token, failed }: { token: string | null; failed: boolean }): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (failed) waiting?.reject(new Error("There is no token to be had."));
    else waiting?.resolve(token);
  }
}
