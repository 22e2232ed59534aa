import { Apparatus } from "./apparatus.ts";
import { ClientError, type ClientOptions, type Consent, type LatencyReport, type Status } from "./api.ts";
import type { AudioGraph } from "./audio/graph.ts";
import { besideStream } from "./clips.ts";
import { Ears } from "./ears.ts";
import type { Language } from "./language.ts";
import { MicrophoneError, onMicrophonePermission } from "./microphone.ts";
import type { MicrophoneChoice } from "./microphones.ts";
import { Replies } from "./replies.ts";
import { isBusy, isSpeaking, type MicrophoneState, phaseOf, type State, type TurnMode } from "./state.ts";
import { type ClientEvents, Store } from "./store.ts";
import { VoiceLibraryManager } from "./voiceLibrary.ts";
import type { HistoryItem, ServerMessage, TimelineMessage } from "./wire/messages.ts";

/** The server takes up to 5 s to erase what it keeps; the rest is answered at once. */
const REPLY_WITHIN_MS = 7000;

/**
 * A conversation with Sandra: `window.websocketStreamClient`.
 *
 * It connects at the first `startListening`, `holdToTalk` or `sendText`. Call these inside a click or key press: browsers
 * let sound and microphone start only then.
 */
export class VoiceClient {
  /** Plays what the voice library has: `window.voiceLibraryManager`. */
  readonly voiceLibrary: VoiceLibraryManager;
  readonly #store: Store;
  readonly #replies = new Replies(REPLY_WITHIN_MS);
  readonly #ears: Ears;
  readonly #apparatus: Apparatus;
  readonly #ending = new AbortController();
  #voice: string | null = null;

  constructor(options: ClientOptions) {
    const store = (this.#store = new Store(options.language));
    this.#ears = new Ears({
      microphone: (microphone) => {
        store.dispatch({ type: "microphone", microphone });
      },
      microphones: (microphones) => {
        store.dispatch({ type: "microphones", microphones });
      },
    });
    this.#apparatus = new Apparatus(options, store, {
      message: (message) => {
        this.#hear(message);
      },
      disconnected: (forGood) => {
        this.#replies.drop();
        if (forGood) this.#microphoneOff();
      },
    });
    this.voiceLibrary = this.#library(options);
    void onMicrophonePermission((permission) => {
      const refused = this.state.microphone.state === "refused";
      if (refused && permission !== "denied") store.dispatch({ type: "microphone", microphone: { state: "off" } });
    }, this.#ending.signal);
  }

  /** Everything that a page shows. */
  get state(): State {
    return this.#store.state;
  }

  /** The one audio graph; null before the first click. */
  get audio(): AudioGraph | null {
    return this.#apparatus.graph;
  }

  /** What is going on; answers at once. */
  getStatus(): Status {
    return this.#store.status;
  }

  /**
   * Opens the microphone and connects; resolves when the microphone is open.
   *
   * @throws MicrophoneError when there is none; text goes on working.
   * @throws ClientError `elsewhere` when another tab has the voice.
   */
  async startListening(): Promise<void> {
    const { state } = this.state.microphone;
    if (state === "on" || state === "asking") return;
    try {
      await this.#ears.open(this.#apparatus.wake());
    } catch (error) {
      const known = error instanceof MicrophoneError || error instanceof ClientError;
      if (!known) this.#store.dispatch({ type: "problem", problem: { kind: "audio" } });
      throw error;
    }
  }

  /** Closes the microphone. What was being said is answered; Sandra, if she speaks, is silenced. */
  async stopListening(): Promise<void> {
    if (isSpeaking(this.state)) await this.interrupt();
    else if (this.state.guestSpeaks) this.#apparatus.command({ type: "release" });
    this.#microphoneOff();
  }

  /** Has the microphone hear nothing, or the guest again; a microphone that is closed is not muted any more. */
  mute(on: boolean): void {
    this.#apparatus.graph?.mute(on);
    this.#store.dispatch({ type: "muted", on });
  }

  /** Who ends the guest's turns: the server, from pauses (`auto`), or `holdToTalk` and `release` (`manual`); unmutes. */
  setTurnMode(mode: TurnMode): void {
    if (mode === this.state.turnMode) return;
    this.mute(false);
    this.#store.dispatch({ type: "turn_mode", mode });
    this.#apparatus.tellSettings();
    if (this.#apparatus.connected) this.#apparatus.send({ type: "start", turn: { mode } });
  }

  /**
   * The guest presses the button and talks: Sandra is silenced, the microphone opened if it is not. In automatic mode
   * the mode becomes manual first.
   *
   * @throws what `startListening` throws.
   */
  async holdToTalk(): Promise<void> {
    this.setTurnMode("manual");
    if (this.state.holding) return;
    this.#store.dispatch({ type: "holding", on: true });
    this.#apparatus.hush();
    try {
      await this.startListening();
    } catch (error) {
      this.#store.dispatch({ type: "holding", on: false });
      throw error;
    }
  }

  /** The guest lets go: what was said is answered at once. */
  release(): Promise<void> {
    if (this.state.holding) {
      this.#apparatus.command({ type: "release" });
      this.#store.dispatch({ type: "holding", on: false });
    }
    return Promise.resolve();
  }

  /** The microphones there are; without names until one has been allowed. */
  microphones(): Promise<MicrophoneChoice[]> {
    return this.#ears.list();
  }

  /**
   * Uses this microphone, at once if one is open and whenever one is opened; while it is not there, the system's
   * default.
   *
   * @param id of `microphones`; null leaves it to the system.
   * @throws MicrophoneError when it cannot be opened; the one before goes on.
   */
  chooseMicrophone(id: string | null): Promise<void> {
    return this.#ears.choose(id);
  }

  /**
   * Says something in writing; it interrupts Sandra and is answered like speech.
   *
   * @throws ClientError `elsewhere` when another tab has the voice.
   */
  async sendText(text: string): Promise<void> {
    const trimmed = text.trim();
    if (trimmed === "") return;
    await this.#apparatus.wake();
    this.#apparatus.hush();
    this.#store.dispatch({ type: "typed", text: trimmed });
    this.#apparatus.send({ type: "text", text: trimmed });
  }

  /** Silences Sandra at once. */
  interrupt(): Promise<void> {
    this.#apparatus.interrupt();
    return Promise.resolve();
  }

  /** The conversation as the server keeps it: what was said and heard. Empty when there is no conversation. */
  async getHistory(): Promise<readonly HistoryItem[]> {
    if (!this.#apparatus.connected) return [];
    const reply = this.#replies.next("history");
    this.#apparatus.send({ type: "get_history" });
    return (await reply).items;
  }

  /** Forgets the conversation, here and at the server. */
  async clearHistory(): Promise<void> {
    if (this.#apparatus.connected) {
      const reply = this.#replies.next("history_cleared");
      this.#apparatus.send({ type: "clear_history" });
      try {
        await reply;
      } catch (error) {
        this.#store.dispatch({ type: "problem", problem: { kind: "clear_failed" } });
        throw error;
      }
    }
    this.#store.dispatch({ type: "cleared" });
  }

  /**
   * Erases the conversation here and wherever the server keeps it.
   *
   * @throws ClientError `not_connected` when the conversation is over: it is erased here, and the house can erase the rest
   *   by its session; `connection_lost` while there is none; `erase_failed` when something may still be there.
   */
  async eraseData(): Promise<void> {
    this.#apparatus.forget();
    if (this.#apparatus.connected) {
      const reply = this.#replies.next("data_erased", "erase_failed");
      this.#apparatus.send({ type: "erase_data" });
      await reply;
    } else if (phaseOf(this.state) === "reconnecting") {
      throw new ClientError("connection_lost", "There is no connection; try again.");
    }
    this.#store.dispatch({ type: "cleared" });
    if (!this.#apparatus.connected && this.state.session > 0) {
      throw new ClientError("not_connected", "That conversation is over; ask the house to erase what it keeps.");
    }
  }

  /** Changes the language of the page and of the conversation; resolves when the server has switched. */
  async setLanguage(language: Language): Promise<void> {
    this.#store.dispatch({ type: "language", language });
    this.#apparatus.tellSettings();
    if (!this.#apparatus.connected) return;
    const reply = this.#replies.next("language");
    this.#apparatus.send({ type: "set_language", language });
    await reply;
  }

  /** What the guest said to the notice; told to the server now, and whenever a session starts. */
  setConsent(consent: Consent): void {
    this.#apparatus.tellSettings(consent);
    if (this.#apparatus.connected) this.#apparatus.send({ type: "start", consent });
  }

  /** Takes the voice from the tab that has it; then this one can listen and speak. */
  takeOver(): Promise<void> {
    return this.#apparatus.takeOver();
  }

  /** Calls back at each event; returns what ends that. */
  on<Name extends keyof ClientEvents>(name: Name, callback: (event: ClientEvents[Name]) => void): () => void {
    return this.#store.on(name, callback);
  }

  /** Lets sound begin; call it inside a click. */
  async enableSound(): Promise<void> {
    await this.#apparatus.graph?.context.resume();
    this.#store.dispatch({ type: "sound", blocked: false });
  }

  /** Takes the notice away. */
  dismissProblem(): void {
    this.#store.dispatch({ type: "problem", problem: null });
  }

  /** Ends the conversation and gives everything back; the client is of no use after that. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#ears.end();
    this.#replies.drop();
    await this.#apparatus.close();
  }

  #library(options: ClientOptions): VoiceLibraryManager {
    const host = {
      language: () => this.state.language,
      voice: () => this.#voice,
      busy: () => isBusy(this.state),
      wake: async (): Promise<AudioContext | null> =>
        this.#apparatus.wakeSound().then(
          (graph) => graph.context,
          () => null, // Another tab has the voice.
        ),
      play: (samples: Float32Array<ArrayBuffer>) => this.#apparatus.playClip(samples),
    };
    return new VoiceLibraryManager(host, options.clipsUrl ?? besideStream("../api/clips", options.url));
  }

  #hear(message: ServerMessage): void {
    if (message.type === "ready") this.#voice = message.persona.voice;
    this.#replies.message(message);
    this.#store.emit("message", message);
    if (message.type === "timeline") this.#store.emit("latency", latencyOf(message));
  }

  #microphoneOff(): void {
    this.#ears.close();
    this.#apparatus.graph?.mute(false);
    const { microphone } = this.state;
    const off: MicrophoneState = microphone.state === "refused" ? microphone : { state: "off" };
    this.#store.dispatch({ type: "microphone", microphone: off });
  }
}

function latencyOf({ turn, total_ms, heard, stages, slowest }: TimelineMessage): LatencyReport {
  return { turn, totalMs: total_ms, heard, stages, slowest };
}
