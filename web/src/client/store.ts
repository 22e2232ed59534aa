import type { LatencyReport, Status } from "./api.ts";
import { type Action, initialState, phaseOf, reduce, type State } from "./state.ts";
import type { Language } from "./language.ts";
import type { ServerMessage } from "./wire/messages.ts";

/** What `on` can be asked for. */
export interface ClientEvents {
  /** After every change. */
  state: State;
  /** When the phase, and with it what the guest is told, changes. */
  status: Status;
  /** Every message of the server, as it came. */
  message: ServerMessage;
  /** How long the guest waited for an answer, once a turn. */
  latency: LatencyReport;
}

type Listeners = { [Name in keyof ClientEvents]: Set<(event: ClientEvents[Name]) => void> };

/** The state and those who follow it. */
export class Store {
  readonly #listeners: Listeners = { state: new Set(), status: new Set(), message: new Set(), latency: new Set() };
  #state: State;

  constructor(language: Language) {
    this.#state = initialState(language);
  }

  get state(): State {
    return this.#state;
  }

  get status(): Status {
    return {
      phase: phaseOf(this.#state),
      connected: this.#state.link.state === "open",
      listening: this.#state.microphone.state === "on",
      language: this.#state.language,
      sessionId: this.#state.sessionId,
    };
  }

  /** Calls back at each event; returns what ends that. */
  on<Name extends keyof ClientEvents>(name: Name, callback: (event: ClientEvents[Name]) => void): () => void {
    this.#listeners[name].add(callback);
    return () => this.#listeners[name].delete(callback);
  }

  emit<Name extends keyof ClientEvents>(name: Name, event: ClientEvents[Name]): void {
    for (const callback of this.#listeners[name]) callback(event);
  }

  /** Resolves once a state is reached: true; false when the signal aborts before. */
  when(reached: (state: State) => boolean, aborted: AbortSignal): Promise<boolean> {
    if (aborted.aborted || reached(this.#state)) return Promise.resolve(!aborted.aborted);
    return new Promise((resolve) => {
      const over = (): void => {
        leave();
        aborted.removeEventListener("abort", over);
        resolve(!aborted.aborted);
      };
      const leave = this.on("state", (state) => {
        if (reached(state)) over();
      });
      aborted.addEventListener("abort", over);
    });
  }

  dispatch(action: Action): void {
    const before = phaseOf(this.#state);
    this.#state = reduce(this.#state, action);
    this.emit("state", this.#state);
    if (phaseOf(this.#state) !== before) this.emit("status", this.status);
  }
}
