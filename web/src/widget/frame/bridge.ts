import type { VoiceClient } from "../../client/voiceClient.ts";
import type { VoiceLibraryManager } from "../../client/voiceLibrary.ts";
import type { Intent } from "../../panel/consent.ts";
import type { EventName, Target, ToElement, ToFrame } from "../messages.ts";
import { mayCall } from "./checks.ts";

/** What a host's page can reach of ours. */
export interface Reach {
  client: VoiceClient;
  library: VoiceLibraryManager;
  /** Whether the guest has accepted that; shows the notice where not, and does it once that is accepted. */
  permits(intent: Intent): boolean;
}

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

/** What only a guest who has accepted the notice gets. */
const INTENTS: Readonly<Record<string, (text: unknown) => Intent>> = {
  startListening: () => ({ kind: "talk" }),
  holdToTalk: () => ({ kind: "hold" }),
  sendText: (text) => ({ kind: "say", text: String(text) }),
};

/** Makes the calls of a host's page, and tells it the events that it listens to. */
export class Bridge {
  readonly #reach: Reach;
  readonly #tell: (message: ToElement) => void;
  readonly #listening = new Map<EventName, () => void>();

  constructor(reach: Reach, tell: (message: ToElement) => void) {
    this.#reach = reach;
    this.#tell = tell;
  }

  follow(message: Extract<ToFrame, { type: "call" | "listen" }>): void {
    if (message.type === "call") void this.#answer(message);
    else this.#listen(message.event, message.on);
  }

  async #answer({ id, target, method, args }: Extract<ToFrame, { type: "call" }>): Promise<void> {
    try {
      if (!mayCall(target, method, args)) throw new TypeError(`There is no ${target}.${method} that takes this.`);
      const intent = INTENTS[method]?.(args[0]);
      if (intent !== undefined && !this.#reach.permits(intent)) throw new ConsentError();
      const object = this.#reach[target as Target] as unknown as Methods;
      this.#tell({ type: "result", id, value: await object[method]?.(...args) });
    } catch (error) {
      this.#tell({ type: "failure", id, ...reasonOf(error) });
    }
  }

  #listen(event: EventName, on: boolean): void {
    this.#listening.get(event)?.();
    this.#listening.delete(event);
    if (!on) return;
    const end = this.#reach.client.on(event, (value) => {
      this.#tell({ type: "event", event, value });
    });
    this.#listening.set(event, end);
  }
}

class ConsentError extends Error {
  override readonly name = "ConsentError";
  readonly code = "consent_needed";

  constructor() {
    super("The guest is asked first; it is done once the notice is accepted.");
  }
}

/** A client's error names its reason by `code`, a microphone's by `failure`. */
function reasonOf(error: unknown): { name: string; message: string; code: string | null } {
  if (!(error instanceof Error)) return { name: "Error", message: "The panel could not do it.", code: null };
  const { code, failure } = error as { code?: unknown; failure?: unknown };
  const reason = code ?? failure;
  return { name: error.name, message: error.message, code: typeof reason === "string" ? reason : null };
}
