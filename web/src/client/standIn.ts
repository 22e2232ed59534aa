import { loadClip } from "./clips.ts";
import type { LastVoice } from "./lastVoice.ts";
import type { Told, WorkerEvent } from "./connection/pageMessages.ts";
import type { Samples } from "./recordings.ts";
import type { PlayVoiceMessage, ServerMessage } from "./wire/messages.ts";

/** What a stand-in needs of the client. */
export interface StandInHost {
  /** Plays a turn's recording as her voice, after what sounds; true once it was played to its end. */
  play(turn: number, samples: Samples): Promise<boolean>;
  /** Resolves once nothing of hers sounds or is about to: true; false when it is overtaken before. */
  quiet(overtaken: AbortSignal): Promise<boolean>;
  /** What the browser's own speech does counts as her voice. */
  voice(event: Extract<WorkerEvent, { type: "voice" }>): void;
  /** Nothing more will be heard of the answer from here; `missing` where nothing was. */
  over(turn: number, missing: boolean): void;
  language(): string;
}

/**
 * Gives an answer its voice where the server has no audio for it: its recording, else the browser's own speech, if the
 * page allows that. The words are in the state in any case.
 *
 * The server knows nothing of what sounds here and interrupts none of it: the guest's words do.
 */
export class StandIn {
  readonly #host: StandInHost;
  /** What the addresses of recordings are relative to. */
  readonly #server: string;
  /** Null where the page does not allow the browser's speech. */
  readonly #lastVoice: LastVoice | null;
  #current: { turn: number; overtaken: AbortController } | null = null;

  constructor(host: StandInHost, server: string, lastVoice: LastVoice | null) {
    this.#host = host;
    this.#server = server;
    this.#lastVoice = lastVoice;
  }

  /** Follows the messages that concern it. */
  message(message: ServerMessage, told: Told, context: AudioContext | null): void {
    switch (message.type) {
      case "play_voice":
        if (told !== "before") void this.#stand(message, context);
        break;
      case "transcription":
        if (message.turn !== this.#current?.turn && message.text !== "") this.cancel();
        break;
      case "audio_start":
      case "interrupted":
        this.cancel();
        break;
      default:
    }
  }

  /** Silence: of the browser's speech, and of what is still being fetched. */
  cancel(): void {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    current.overtaken.abort();
    this.#host.over(current.turn, false);
  }

  async #stand(message: PlayVoiceMessage, context: AudioContext | null): Promise<void> {
    this.cancel();
    const current = { turn: message.turn, overtaken: new AbortController() };
    this.#current = current;
    const heard = await this.#say(message, context, current.overtaken.signal);
    if (this.#current !== current) return;
    this.#current = null;
    this.#host.over(message.turn, !heard);
  }

  /** Whether anything was heard. */
  async #say(
    { turn, text, clip }: PlayVoiceMessage,
    context: AudioContext | null,
    overtaken: AbortSignal,
  ): Promise<boolean> {
    const samples = clip === null || context === null ? null : await this.#load(clip, context);
    if (overtaken.aborted) return false;
    if (samples !== null) {
      await this.#host.play(turn, samples);
      return true;
    }
    if (!(await this.#host.quiet(overtaken)) || this.#lastVoice === null) return false;
    return this.#lastVoice.speak(text, this.#host.language(), overtaken, (event) => {
      this.#host.voice({ type: "voice", turn, event, heardMs: 0 });
    });
  }

  /** Null where the recording cannot be had. */
  #load(clip: string, context: AudioContext): Promise<Samples | null> {
    return loadClip(new URL(clip, this.#server).href, context).catch(() => null);
  }
}
