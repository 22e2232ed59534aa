/**
 * What the page keeps from one visit to the next: the language, the answer to the notice, and the business's facts.
 *
 * Storage may be forbidden or full; then what is kept lasts as long as the page.
 */
export class Memory {
  readonly #held = new Map<string, unknown>();

  /** What was kept under a name; null when nothing was. */
  read(name: string): unknown {
    if (this.#held.has(name)) return this.#held.get(name);
    try {
      return JSON.parse(localStorage.getItem(keyOf(name)) ?? "null") as unknown;
    } catch {
      // Unreadable is as good as not kept: the guest is asked, or the server.
      return null;
    }
  }

  write(name: string, value: unknown): void {
    this.#held.set(name, value);
    try {
      localStorage.setItem(keyOf(name), JSON.stringify(value));
    } catch {
      // Nothing is lost but the memory of it at the next visit.
    }
  }

  forget(name: string): void {
    this.#held.delete(name);
    try {
      localStorage.removeItem(keyOf(name));
    } catch {
      // Where storage is forbidden nothing was kept.
    }
  }
}

function keyOf(name: string): string {
  return `sandra.${name}`;
}
