import type { State } from "../client/state.ts";
import type { Memory } from "./memory.ts";

/** What the disclosure is said with. */
export interface Speaker {
  /** Plays the recording of a text, unless she has something else to say; says nothing where there is none. */
  playVoice(category: "welcome", text: string): Promise<boolean>;
}

/**
 * Has her say who answers, once a session, as the guest is first listened to: before the first answer.
 *
 * Guests who write, or hold a button to talk, are shown it: said, it would keep their answer waiting or be said over them.
 */
export class SpokenDisclosure {
  readonly #speaker: Speaker;
  readonly #memory: Pick<Memory, "read" | "write">;
  readonly #tell: (on: boolean) => void;

  /**
   * @param memory knows the session in which it was said last: a page that is loaded anew goes on with that.
   * @param tell called when it is about to be said, and when it is over or there is no recording of it.
   */
  constructor(speaker: Speaker, memory: Pick<Memory, "read" | "write">, tell: (on: boolean) => void) {
    this.#speaker = speaker;
    this.#memory = memory;
    this.#tell = tell;
  }

  /** @param text the disclosure as it is shown. */
  follow({ link, microphone, sessionId, holding }: State, text: () => string): void {
    const listened = link.state === "open" && microphone.state === "on" && sessionId !== null;
    if (!listened || this.#memory.read("disclosed") === sessionId) return;
    this.#memory.write("disclosed", sessionId);
    if (!holding) void this.#say(text());
  }

  async #say(text: string): Promise<void> {
    this.#tell(true);
    await this.#speaker.playVoice("welcome", text);
    this.#tell(false);
  }
}
