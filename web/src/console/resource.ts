import type { ReactiveController, ReactiveControllerHost } from "lit";
import { ApiError, type ProblemKind } from "./api.ts";

/** What a view knows of something that the server holds; `data` stays while a later try fails. */
export interface Loaded<T> {
  data: T | null;
  problem: ProblemKind | null;
}

/**
 * Something of the server's that a view shows, asked for again and again while the page is seen.
 *
 * One question at a time; a hidden tab asks nothing, and asks at once when it is seen again.
 */
export class Resource<T> implements ReactiveController {
  state: Loaded<T> = { data: null, problem: null };
  readonly #host: ReactiveControllerHost;
  readonly #load: (signal: AbortSignal) => Promise<T>;
  readonly #everyMs: number | null;
  #asking: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param host is rendered again at each change.
   * @param load asks once.
   * @param everyMs from an answer to the next question; null asks once.
   */
  constructor(host: ReactiveControllerHost, load: (signal: AbortSignal) => Promise<T>, everyMs: number | null) {
    this.#host = host;
    this.#load = load;
    this.#everyMs = everyMs;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.#seen);
    void this.refresh();
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.#seen);
    this.#stop();
  }

  /** Shows this until the server answers. */
  assume(data: T | null): void {
    this.state = { data, problem: null };
    this.#host.requestUpdate();
  }

  /** Asks now; what is being asked is given up. */
  async refresh(): Promise<void> {
    this.#stop();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const data = await this.#load(asking.signal);
      if (this.#asking !== asking) return;
      this.state = { data, problem: null };
    } catch (error) {
      if (this.#asking !== asking) return;
      this.state = { ...this.state, problem: error instanceof ApiError ? error.kind : "server" };
    }
    this.#asking = null;
    this.#host.requestUpdate();
    this.#wait();
  }

  readonly #seen = (): void => {
    if (document.hidden) this.#stop();
    else void this.refresh();
  };

  #wait(): void {
    if (this.#everyMs === null || document.hidden) return;
    this.#timer = setTimeout(() => void this.refresh(), this.#everyMs);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = null;
  }
}
