import { findClip, loadClip } from "./clips.ts";

/** What the library's manager needs of the client. */
export interface LibraryHost {
  language(): string;
  /** Who speaks in this conversation; null before the first. */
  voice(): string | null;
  /** Whether she speaks, is about to, or listens to the guest; or another tab has the voice. */
  busy(): boolean;
  /** Her voice's context, woken; null when another tab has the voice. Call it inside a click. */
  wake(): Promise<AudioContext | null>;
  /** Plays a recording of no turn; true once it was played to its end, false when it was cut. */
  play(samples: Float32Array<ArrayBuffer>): Promise<boolean>;
}

/**
 * Plays what the voice library has, through the conversation's own player: `window.voiceLibraryManager`.
 *
 * One voice: a recording is refused while she speaks, an answer is awaited or the guest is heard, and whatever she says
 * next cuts it off. Nothing is ever synthesised for it.
 */
export class VoiceLibraryManager {
  readonly #host: LibraryHost;
  readonly #clipsUrl: string;

  /** @param clipsUrl where recordings are asked for. */
  constructor(host: LibraryHost, clipsUrl: string) {
    this.#host = host;
    this.#clipsUrl = clipsUrl;
  }

  /**
   * Plays the recording of a text, in the conversation's language. Call it inside a click: browsers let sound begin
   * only then.
   *
   * @param category `welcome`, `luxury`, `support`, `error` or `general`.
   * @param text word for word.
   * @returns whether it was played to its end: false when there is none, when she had something else to say, or when
   *   it was cut.
   */
  async playVoice(category: string, text: string): Promise<boolean> {
    if (this.#host.busy()) return false;
    const context = await this.#host.wake();
    if (context === null) return false;
    try {
      const url = await findClip(this.#clipsUrl, {
        category,
        text,
        language: this.#host.language(),
        voice: this.#host.voice(),
      });
      if (url === null) return false;
      const samples = await loadClip(url, context);
      return this.#host.busy() ? false : await this.#host.play(samples);
    } catch {
      // No network, or no sound in what came: there is no recording.
      return false;
    }
  }
}
