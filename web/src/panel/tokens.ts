/** Gives a session token, or null where none is to be had. */
export type TokenSource = () => Promise<string | null>;

/** Where session tokens come from: the page around a frame if it brings them, else our own server. */
export class Tokens {
  readonly #address: URL;
  #source: TokenSource | null = null;

  /** @param address answers 201 with a token, or 204 where none is needed. */
  constructor(address: URL) {
    this.#address = address;
  }

  /** From now on tokens come from here. */
  use(source: TokenSource): void {
    this.#source = source;
  }

  /** A token for the next connection; without one the connection is tried all the same, and the server says why not. */
  async next(): Promise<string | null> {
    return (await this.#source?.()) ?? this.#ask();
  }

  async #ask(): Promise<string | null> {
    try {
      const answer = await fetch(this.#address, { method: "POST" });
      if (answer.status !== 201) return null;
      const { token } = (await answer.json()) as { token?: unknown };
      return typeof token === "string" ? token : null;
    } catch {
      // Unreachable: the connection itself will find that out, and tries again.
      return null;
    }
  }
}
