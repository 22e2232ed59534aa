import type { Turn } from "../client/state.ts";

/** When each turn was first seen, for the transcript. */
export class Moments {
  readonly #seen = new Map<string, number>();

  /** ms since 1970, by the turn's key. */
  get seen(): ReadonlyMap<string, number> {
    return this.#seen;
  }

  /**
   * Takes note of turns that are new, and forgets those that are gone.
   *
   * @param now ms since 1970.
   */
  follow(turns: readonly Turn[], now: number): void {
    const keys = new Set(turns.map((turn) => turn.key));
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
    for (const key of keys) if (!this.#seen.has(key)) this.#seen.set(key, now);
  }
}
