import type { ClientEvents } from "../client/store.ts";
import type { VoiceClient } from "../client/voiceClient.ts";
import type { VoiceLibraryManager } from "../client/voiceLibrary.ts";
import { type EventName, type Method, METHODS, type Target } from "./messages.ts";

type Call = (target: string, method: string, args: readonly unknown[]) => Promise<unknown>;

/** The same methods, each answer as a promise. */
type Remote<Object, Names extends keyof Object> = {
  readonly [Name in Names]: Object[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** `element.client`: what `window.websocketStreamClient` is inside the frame. */
export type RemoteClient = Remote<VoiceClient, Method<"client">> & Pick<VoiceClient, "on">;

/** `element.voiceLibraryManager`, as in the frame. */
export type RemoteLibrary = Remote<VoiceLibraryManager, Method<"library">>;

/** Who on the host's page waits for which event. */
export class Subscriptions {
  readonly #callbacks = new Map<EventName, Set<(event: never) => void>>();
  readonly #changed: (event: EventName, on: boolean) => void;

  /** @param changed an event has its first listener, or lost its last. */
  constructor(changed: (event: EventName, on: boolean) => void) {
    this.#changed = changed;
  }

  get names(): readonly EventName[] {
    return [...this.#callbacks.keys()];
  }

  on<Name extends EventName>(name: Name, callback: (event: ClientEvents[Name]) => void): () => void {
    const callbacks = this.#callbacks.get(name) ?? new Set();
    callbacks.add(callback);
    this.#callbacks.set(name, callbacks);
    if (callbacks.size === 1) this.#changed(name, true);
    return () => {
      if (!callbacks.delete(callback) || callbacks.size > 0) return;
      this.#callbacks.delete(name);
      this.#changed(name, false);
    };
  }

  emit(name: EventName, event: unknown): void {
    for (const callback of this.#callbacks.get(name) ?? []) callback(event as never);
  }
}

function methods(target: Target, call: Call): object {
  return Object.fromEntries(
    METHODS[target].map((name) => [name, (...args: readonly unknown[]) => call(target, name, args)]),
  );
}

export function remoteClient(call: Call, subscriptions: Subscriptions): RemoteClient {
  const on: RemoteClient["on"] = (name, callback) => subscriptions.on(name, callback);
  return { ...methods("client", call), on } as RemoteClient;
}

export function remoteLibrary(call: Call): RemoteLibrary {
  return methods("library", call) as RemoteLibrary;
}
