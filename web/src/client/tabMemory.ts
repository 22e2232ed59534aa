import type { Resumable } from "./connection/pageMessages.ts";

const KEY = "enterprise-stream.session";
/** The server's usual window: a session left longer ago is not asked for, ms. */
const WINDOW_MS = 300_000;

/** What is needed of the tab's storage. */
export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** A session as it lies in the tab; `at` is when it did last, ms since 1970. */
type Kept = Resumable & { at: number; alive: boolean };

/** A session that was found in the tab. */
export interface Found {
  session: Resumable;
  /** Its page has not said goodbye: it was killed, or this tab is a copy of one that lives. */
  orphaned: boolean;
}

/**
 * The session that a tab goes on with when it is loaded anew.
 *
 * It lies in the tab's own storage from its beginning on, for a page that is killed cannot leave it there. A tab that is
 * duplicated gets a copy of that: whoever finds one goes on with it only if no other tab has the voice.
 */
export class TabMemory {
  readonly #shelf: Shelf | null;
  readonly #now: () => number;

  /**
   * @param shelf null where the browser forbids it.
   * @param now ms since 1970.
   */
  constructor(shelf: Shelf | null, now: () => number) {
    this.#shelf = shelf;
    this.#now = now;
  }

  /** The session that lies here, once; null when there is none, or it is too old. */
  take(): Found | null {
    const text = this.#shelf?.getItem(KEY) ?? null;
    this.clear();
    if (text === null) return null;
    try {
      const { sessionId, resumeToken, at, alive } = JSON.parse(text) as Partial<Kept>;
      const known = typeof sessionId === "string" && typeof resumeToken === "string" && typeof at === "number";
      if (!known || this.#now() - at >= WINDOW_MS) return null;
      return { session: { sessionId, resumeToken }, orphaned: alive === true };
    } catch {
      // Somebody else wrote there: nothing to go on with.
      return null;
    }
  }

  /** Keeps the session of a page that lives; to be kept anew within the window. */
  keep(session: Resumable): void {
    this.#write({ ...session, at: this.#now(), alive: true });
  }

  /** Leaves a session for the next page of this tab. */
  leave(session: Resumable): void {
    this.#write({ ...session, at: this.#now(), alive: false });
  }

  /** There is nothing to go on with. */
  clear(): void {
    this.#shelf?.removeItem(KEY);
  }

  #write(kept: Kept): void {
    try {
      this.#shelf?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full, or forbidden: the next page begins anew.
    }
  }
}

/** The tab's storage; null where the browser forbids it. */
export function tabShelf(): Shelf | null {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null;
  }
}
