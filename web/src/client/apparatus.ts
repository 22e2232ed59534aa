import { ClientError, type ClientOptions, type Consent } from "./api.ts";
import { AudioGraph } from "./audio/graph.ts";
import { besideStream } from "./clips.ts";
import type { Resumable, Told, WorkerCommand, WorkerEvent } from "./connection/pageMessages.ts";
import { LastVoice } from "./lastVoice.ts";
import { OneVoice } from "./oneVoice.ts";
import { Recordings, type Samples } from "./recordings.ts";
import { ScreenAwake } from "./screenAwake.ts";
import { StandIn } from "./standIn.ts";
import { isHeard, isQuiet, isSpeaking } from "./state.ts";
import type { Store } from "./store.ts";
import { TabMemory, tabShelf } from "./tabMemory.ts";
import type { ClientMessage, ServerMessage } from "./wire/messages.ts";
import { WorkerLine } from "./workerLine.ts";

/** A browser that has not let the sound start by then is waiting for a click, ms. */
const SOUND_BLOCKED_AFTER_MS = 500;
const LATENCY_EVERY_MS = 1000;
/** How often the tab is told that its session lives, ms; well within the time that it is kept for, also in a hidden tab. */
const KEEP_EVERY_MS = 30_000;

/** Told by the apparatus. */
export interface ApparatusListener {
  message(message: ServerMessage): void;
  /** The connection is not there, for now or for good; for good, the microphone is to be closed. */
  disconnected(forGood: boolean): void;
}

/**
 * What a conversation stands on in the page: the audio graph, the connection worker, the one voice among the tabs and
 * the session that a tab goes on with. Made at the first use and kept.
 */
export class Apparatus {
  readonly #options: ClientOptions;
  readonly #store: Store;
  readonly #listener: ApparatusListener;
  readonly #standIn: StandIn;
  readonly #recordings = new Recordings(this.command.bind(this));
  readonly #oneVoice: OneVoice;
  readonly #tab: TabMemory;
  readonly #ending = new AbortController();
  #graph: AudioGraph | null = null;
  #line: WorkerLine | null = null;
  #consent: Consent | null;
  /** What the next page of this tab goes on with; before the first connection what the last one has left. */
  #resumable: Resumable | null;
  #heard = false;
  /** So many calls are about to connect. */
  #waking = 0;

  constructor(options: ClientOptions, store: Store, listener: ApparatusListener) {
    this.#options = options;
    this.#store = store;
    this.#listener = listener;
    this.#consent = options.consent ?? null;
    this.#tab = new TabMemory(options.trial === undefined ? tabShelf() : null, () => Date.now());
    const found = this.#tab.take();
    this.#resumable = found?.session ?? null;
    const host = {
      play: (turn: number, samples: Samples) => this.#recordings.play(turn, samples),
      quiet: (overtaken: AbortSignal) => store.when((state) => isQuiet(state) && this.#recordings.none, overtaken),
      voice: store.dispatch.bind(store),
      over: (turn: number, missing: boolean): void => {
        store.dispatch({ type: "stood_in", turn, missing });
      },
      language: () => store.state.language,
    };
    this.#standIn = new StandIn(
      host,
      besideStream("/", options.url),
      options.browserSpeech === true ? new LastVoice() : null,
    );
    this.#oneVoice = new OneVoice((navigator as { locks?: LockManager }).locks, () => {
      this.#voiceTaken();
    });
    this.#followPage();
    if (found !== null) void this.#goOn(found.orphaned);
    const { wakeLock } = navigator as { wakeLock?: WakeLock };
    const screen = new ScreenAwake(wakeLock, document, this.#ending.signal);
    store.on("state", ({ microphone }) => {
      this.#tellWhetherHeard();
      if (!this.#ending.signal.aborted) screen.want(microphone.state === "on");
    });
  }

  get graph(): AudioGraph | null {
    return this.#graph;
  }

  get connected(): boolean {
    return this.#store.state.link.state === "open";
  }

  /**
   * Sound and connection; comes back from a connection that ended. Call it inside a click.
   *
   * @throws ClientError `elsewhere` when another tab has the voice.
   */
  async wake(): Promise<AudioGraph> {
    this.#waking += 1;
    try {
      const graph = await this.wakeSound();
      this.#lineOver(graph).connect({ wanted: true });
      return graph;
    } finally {
      this.#waking -= 1;
    }
  }

  /** The same without a connection. */
  async wakeSound(): Promise<AudioGraph> {
    const graph = (this.#graph ??= this.#createGraph());
    if (graph.context.state !== "running") void graph.context.resume();
    setTimeout(() => {
      this.#tellSound(graph);
    }, SOUND_BLOCKED_AFTER_MS);
    const ours = await this.#oneVoice.claim();
    this.#store.dispatch({ type: "elsewhere", on: !ours });
    if (!ours) throw new ClientError("elsewhere", "Another tab has the conversation; take it over, or go on there.");
    return graph;
  }

  /** Takes the voice from the tab that has it. */
  async takeOver(): Promise<void> {
    await this.#oneVoice.takeOver();
    this.#store.dispatch({ type: "elsewhere", on: false });
  }

  command(command: WorkerCommand, transfer: Transferable[] = []): void {
    this.#line?.command(command, transfer);
  }

  send(message: ClientMessage): void {
    this.command({ type: "send", message });
  }

  /** Silences Sandra, whoever speaks for her. */
  interrupt(): void {
    this.#standIn.cancel();
    this.command({ type: "interrupt" });
  }

  /** The same if she is heard, or a stand-in for her will be. */
  hush(): void {
    const { state } = this.#store;
    if (isSpeaking(state) || state.standingIn !== null) this.interrupt();
  }

  /** Tells what a session starts with from now on. */
  tellSettings(consent: Consent | null = null): void {
    this.#consent = consent ?? this.#consent;
    this.command({ type: "settings", settings: this.#settings() });
  }

  /** Nothing is left for the next page of this tab. */
  forget(): void {
    this.#resumable = null;
    this.#tab.clear();
  }

  /** Plays a recording of no turn; true once it was played to its end, false when it was cut. */
  playClip(samples: Samples): Promise<boolean> {
    if (this.#graph === null) return Promise.resolve(false);
    this.#lineOver(this.#graph);
    return this.#recordings.play(null, samples);
  }

  /** Ends everything for good. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.forget();
    this.#standIn.cancel();
    this.#line?.end();
    this.#line = null;
    this.#recordings.drop();
    this.#oneVoice.release();
    await this.#graph?.close();
    this.#graph = null;
  }

  // --- the page ---------------------------------------------------------------------------------------------------

  /** A tab that is loaded anew goes on with its session, without the sound that only a click may begin. */
  async #goOn(orphaned: boolean): Promise<void> {
    const ours = await this.#oneVoice.claim();
    // Where another tab has the voice, the page that this session was found of lives there.
    if (!ours && orphaned) this.forget();
    if (!ours || this.#ending.signal.aborted) {
      this.#store.dispatch({ type: "elsewhere", on: !ours });
      return;
    }
    this.#lineOver((this.#graph ??= this.#createGraph())).connect({ wanted: false });
  }

  #followPage(): void {
    const { signal } = this.#ending;
    const leave = (): void => {
      if (this.#resumable !== null) this.#tab.leave(this.#resumable);
    };
    const keep = (): void => {
      this.#keep();
    };
    addEventListener("pagehide", leave, { signal });
    addEventListener("pageshow", keep, { signal }); // a page that is shown again has never left
    const timer = setInterval(keep, KEEP_EVERY_MS);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
    });
  }

  /** Keeps the session for a page that follows this one should it be killed, where a copy of the tab would notice. */
  #keep(): void {
    if (this.#resumable === null) this.#tab.clear();
    else if (this.#oneVoice.guards) this.#tab.keep(this.#resumable);
  }

  #createGraph(): AudioGraph {
    const graph = new AudioGraph(this.#options.base);
    graph.ready.then(
      ({ encoding }) => {
        this.command({ type: "encoding", encoding });
      },
      () => {
        this.#store.dispatch({ type: "problem", problem: { kind: "audio" } });
      },
    );
    // A telephone call or the lock screen stops the sound on phones; only the guest's next press brings it back.
    graph.context.addEventListener("statechange", () => {
      this.#tellSound(graph);
    });
    const timer = setInterval(() => {
      this.command({ type: "latency", ms: graph.outputLatencyMs });
    }, LATENCY_EVERY_MS);
    this.#ending.signal.addEventListener("abort", () => {
      clearInterval(timer);
    });
    return graph;
  }

  #tellSound(graph: AudioGraph): void {
    const { state } = graph.context;
    if (state !== "closed") this.#store.dispatch({ type: "sound", blocked: state !== "running" });
  }

  // --- the worker -------------------------------------------------------------------------------------------------

  #lineOver(graph: AudioGraph): WorkerLine {
    if (this.#line === null) {
      const line = new WorkerLine(this.#options, graph, this.#settings(), this.#resumable, (event) => {
        this.#follow(event);
      });
      this.#line = line;
      graph.ready.then(
        ({ encoding }) => {
          line.command({ type: "encoding", encoding });
        },
        () => undefined, // the state says that the sound could not start
      );
      this.#heard = false;
      this.#tellWhetherHeard();
    }
    return this.#line;
  }

  #settings(): { language: string; turnMode: "auto" | "manual"; consent: Consent | null } {
    const { language, turnMode } = this.#store.state;
    return { language, turnMode, consent: this.#consent };
  }

  #tellWhetherHeard(): void {
    const heard = isHeard(this.#store.state);
    if (heard === this.#heard || this.#line === null) return;
    this.#heard = heard;
    this.command({ type: "listen", on: heard });
  }

  #follow(event: WorkerEvent): void {
    switch (event.type) {
      case "server":
        this.#store.dispatch(event);
        this.#hear(event.message, event.told);
        break;
      case "clip":
        this.#recordings.follow(event);
        this.#store.dispatch(event);
        break;
      case "resumable":
        this.#resumable = event.resume;
        this.#keep();
        break;
      case "token_wanted":
        break;
      default:
        this.#store.dispatch(event);
        if (event.type === "link" && event.status.state !== "open") {
          const ended = event.status.state === "closed" || event.status.state === "full";
          const forGood = ended && this.#waking === 0;
          if (forGood) this.#oneVoice.release();
          this.#listener.disconnected(forGood);
        }
    }
  }

  #hear(message: ServerMessage, told: Told): void {
    const context = this.#graph?.context ?? null;
    this.#standIn.message(message, told, context);
    if (message.type === "audio_start" && context !== null && this.#graph !== null) this.#tellSound(this.#graph);
    this.#listener.message(message);
  }

  /** Another tab has the voice now: this one falls silent, and its conversation is over. */
  #voiceTaken(): void {
    this.#store.dispatch({ type: "elsewhere", on: true });
    this.#standIn.cancel();
    this.command({ type: "close" });
  }
}
