import { AudioGraph } from "./audio/graph.ts";
import type { WorkerCommand, WorkerEvent } from "./connection/pageMessages.ts";
import type { Language } from "./language.ts";
import { LastVoice } from "./lastVoice.ts";
import { MicrophoneError, onMicrophonePermission } from "./microphone.ts";
import { Replies } from "./replies.ts";
import { type Action, initialState, type Phase, phaseOf, reduce, type State } from "./state.ts";
import type { HistoryItem, PlayVoiceMessage, ServerMessage } from "./wire/messages.ts";

/** What `getStatus` tells. */
export interface Status {
  phase: Phase;
  connected: boolean;
  /** The microphone is open. */
  listening: boolean;
  language: Language;
  sessionId: string | null;
}

/** What `on` can be asked for. */
export interface ClientEvents {
  /** After every change. */
  state: State;
  /** When the phase, and with it what the guest is told, changes. */
  status: Status;
  /** Every message of the server, as it came. */
  message: ServerMessage;
}

type Listeners = { [Name in keyof ClientEvents]: Set<(event: ClientEvents[Name]) => void> };

/** Where a client finds its server, and its own files. */
export interface ClientOptions {
  /** `ws:` or `wss:` address of the stream. */
  url: string;
  /** Answers 503 with `Retry-After` when the server is full. */
  healthUrl: string;
  /** Folder of the worker and the worklets. */
  base: string;
  language: Language;
}

/** A browser that has not let the sound start by then is waiting for a click, ms. */
const SOUND_BLOCKED_AFTER_MS = 500;
const LATENCY_EVERY_MS = 1000;
const REPLY_WITHIN_MS = 5000;

/**
 * A conversation with Sandra: `window.websocketStreamClient`.
 *
 * It connects at the first `startListening` or `sendText`. Call those two inside a click or key press: browsers let
 * sound and microphone start only then.
 */
export class VoiceClient {
  readonly #options: ClientOptions;
  readonly #listeners: Listeners = { state: new Set(), status: new Set(), message: new Set() };
  readonly #replies = new Replies(REPLY_WITHIN_MS);
  readonly #lastVoice = new LastVoice();
  #state: State;
  #worker: Worker | null = null;
  #graph: AudioGraph | null = null;
  /** Counts starts and stops, so that a microphone granted after "stop" is given back. */
  #wish = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#state = initialState(options.language);
    void onMicrophonePermission((permission) => {
      const refused = this.#state.microphone.state === "refused";
      if (refused && permission !== "denied") this.#dispatch({ type: "microphone", microphone: { state: "off" } });
    });
  }

  /** Everything that the page shows. */
  get state(): State {
    return this.#state;
  }

  /** The one audio graph; null before the first click. */
  get audio(): AudioGraph | null {
    return this.#graph;
  }

  /** What is going on; answers at once. */
  getStatus(): Status {
    return {
      phase: phaseOf(this.#state),
      connected: this.#state.link.state === "open",
      listening: this.#state.microphone.state === "on",
      language: this.#state.language,
      sessionId: this.#state.sessionId,
    };
  }

  /**
   * Opens the microphone and connects; resolves when the microphone is open.
   *
   * @throws MicrophoneError when there is none; text goes on working.
   */
  async startListening(): Promise<void> {
    if (this.#state.microphone.state === "on" || this.#state.microphone.state === "asking") return;
    this.#wish += 1;
    const wish = this.#wish;
    const graph = this.#wake();
    this.#dispatch({ type: "microphone", microphone: { state: "asking" } });
    try {
      const capture = await graph.openMicrophone();
      if (wish !== this.#wish) {
        graph.closeMicrophone();
        return;
      }
      graph.onMicrophoneLost(() => {
        this.#microphoneOff({ state: "refused", failure: "none" });
      });
      this.#command({ type: "microphone", capture }, [capture]);
      this.#dispatch({ type: "microphone", microphone: { state: "on" } });
    } catch (error) {
      if (wish === this.#wish) this.#startFailed(error);
      throw error;
    }
  }

  /** Closes the microphone. What was being said is answered; Sandra, if she speaks, is silenced. */
  async stopListening(): Promise<void> {
    this.#wish += 1;
    if (this.#state.speaking !== null) this.interrupt();
    else if (this.#state.guestSpeaks) this.#command({ type: "send", message: { type: "stop" } });
    this.#microphoneOff({ state: "off" });
    return Promise.resolve();
  }

  /** Says something in writing; it interrupts Sandra and is answered like speech. */
  sendText(text: string): void {
    const trimmed = text.trim();
    if (trimmed === "") return;
    this.#wake();
    if (this.#state.speaking !== null) this.interrupt();
    this.#dispatch({ type: "typed", text: trimmed });
    this.#command({ type: "send", message: { type: "text", text: trimmed } });
  }

  /** Silences Sandra at once. */
  interrupt(): void {
    this.#lastVoice.cancel();
    this.#command({ type: "interrupt" });
  }

  /** The conversation as the server keeps it: what was said and heard. Empty when there is no conversation. */
  async getHistory(): Promise<readonly HistoryItem[]> {
    if (this.#state.link.state !== "open") return [];
    const reply = this.#replies.next("history");
    this.#command({ type: "send", message: { type: "get_history" } });
    return (await reply).items;
  }

  /** Forgets the conversation, here and at the server. */
  async clearHistory(): Promise<void> {
    if (this.#state.link.state === "open") {
      const reply = this.#replies.next("history_cleared");
      this.#command({ type: "send", message: { type: "clear_history" } });
      try {
        await reply;
      } catch (error) {
        this.#dispatch({ type: "problem", problem: { kind: "clear_failed" } });
        throw error;
      }
    }
    this.#dispatch({ type: "cleared" });
  }

  /** Changes the language of the page and of the conversation; resolves when the server has switched. */
  async setLanguage(language: Language): Promise<void> {
    this.#dispatch({ type: "language", language });
    this.#command({ type: "language", language });
    if (this.#state.link.state !== "open") return;
    const reply = this.#replies.next("language");
    this.#command({ type: "send", message: { type: "set_language", language } });
    await reply;
  }

  /** Calls back at each event; returns what ends that. */
  on<Name extends keyof ClientEvents>(name: Name, callback: (event: ClientEvents[Name]) => void): () => void {
    this.#listeners[name].add(callback);
    return () => this.#listeners[name].delete(callback);
  }

  /** Lets sound begin; call it inside a click. */
  async enableSound(): Promise<void> {
    await this.#graph?.context.resume();
    this.#dispatch({ type: "sound", blocked: false });
  }

  /** Takes the notice away. */
  dismissProblem(): void {
    this.#dispatch({ type: "problem", problem: null });
  }

  /** Sound and connection, made at the first use and kept; comes back from a connection that ended. */
  #wake(): AudioGraph {
    const graph = (this.#graph ??= this.#createGraph());
    if (graph.context.state !== "running") void graph.context.resume();
    if (this.#worker === null) this.#connect(graph);
    else if (this.#state.link.state === "closed" || this.#state.link.state === "full") {
      this.#command({ type: "reconnect" });
    }
    return graph;
  }

  #createGraph(): AudioGraph {
    const graph = new AudioGraph(this.#options.base);
    graph.ready.catch(() => {
      this.#dispatch({ type: "problem", problem: { kind: "audio" } });
    });
    setTimeout(() => {
      this.#dispatch({ type: "sound", blocked: graph.context.state !== "running" });
    }, SOUND_BLOCKED_AFTER_MS);
    graph.context.addEventListener("statechange", () => {
      // A telephone call or the lock screen stops the sound on phones; only the guest's next press brings it back.
      this.#dispatch({ type: "sound", blocked: graph.context.state !== "running" });
    });
    setInterval(() => {
      this.#command({ type: "latency", ms: graph.outputLatencyMs });
    }, LATENCY_EVERY_MS);
    return graph;
  }

  #connect(graph: AudioGraph): void {
    this.#worker = new Worker(`${this.#options.base}worker.js`);
    this.#worker.onmessage = (event: MessageEvent<WorkerEvent>) => {
      this.#follow(event.data);
    };
    const { url, healthUrl } = this.#options;
    const playback = graph.playbackPort;
    const { sampleRate } = graph.context;
    this.#command({ type: "open", url, healthUrl, language: this.#state.language, playback, sampleRate }, [playback]);
  }

  #follow(event: WorkerEvent): void {
    this.#dispatch(event);
    if (event.type === "server") {
      this.#voiceWithoutAudio(event.message);
      this.#replies.message(event.message);
      for (const callback of this.#listeners.message) callback(event.message);
    } else if (event.type === "link" && event.status.state !== "open") {
      this.#replies.drop();
      const ended = event.status.state === "closed" || event.status.state === "full";
      if (ended) {
        this.#wish += 1;
        this.#microphoneOff(this.#state.microphone.state === "refused" ? this.#state.microphone : { state: "off" });
      }
    }
  }

  #voiceWithoutAudio(message: ServerMessage): void {
    if (message.type === "play_voice") void this.#sayWithoutServer(message);
    else if (message.type === "audio_start" || message.type === "interrupted") this.#lastVoice.cancel();
  }

  /** The recording if there is one, else the browser's own speech; the words are on the page in any case. */
  async #sayWithoutServer({ turn, text, clip }: PlayVoiceMessage): Promise<void> {
    const graph = this.#graph;
    if (clip !== null && graph !== null) {
      try {
        const bytes = await (await fetch(clip)).arrayBuffer();
        const samples = (await graph.context.decodeAudioData(bytes)).getChannelData(0).slice();
        this.#command({ type: "clip", turn, samples }, [samples.buffer]);
        return;
      } catch {
        // A clip that cannot be had is what the browser's own speech is for.
      }
    }
    this.#lastVoice.speak(text, this.#state.language, (event) => {
      this.#dispatch({ type: "voice", turn, event, heardMs: 0 });
    });
  }

  #startFailed(error: unknown): void {
    if (error instanceof MicrophoneError) {
      this.#dispatch({ type: "microphone", microphone: { state: "refused", failure: error.failure } });
    } else {
      this.#dispatch({ type: "microphone", microphone: { state: "off" } });
      this.#dispatch({ type: "problem", problem: { kind: "audio" } });
    }
  }

  #microphoneOff(microphone: State["microphone"]): void {
    this.#graph?.closeMicrophone();
    this.#command({ type: "microphone_off" });
    this.#dispatch({ type: "microphone", microphone });
  }

  #command(command: WorkerCommand, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(command, transfer);
  }

  #dispatch(action: Action): void {
    const before = phaseOf(this.#state);
    this.#state = reduce(this.#state, action);
    for (const callback of this.#listeners.state) callback(this.#state);
    if (phaseOf(this.#state) === before) return;
    const status = this.getStatus();
    for (const callback of this.#listeners.status) callback(status);
  }
}
