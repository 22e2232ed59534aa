import type { PlaybackCommand, PlaybackReport } from "../audio/ports.ts";
import type { AudioStartMessage, Played, ServerMessage } from "../wire/messages.ts";
import { type FirstHeard, FirstSound } from "./firstSound.ts";
import type { WorkerCommand, WorkerEvent } from "./pageMessages.ts";
import { unstamp } from "./stamp.ts";
import { VoiceSource } from "./voiceSource.ts";

type VoiceEvent = Extract<WorkerEvent, { type: "voice" | "clip" }>;

const CLIP_EVENTS = {
  started: "started",
  progress: null,
  underrun: null,
  drained: "played",
  flushed: "cut",
} as const;

/** A stream or a recording on its way to the ear. */
interface Piece {
  /** Null for a recording of no turn. */
  turn: number | null;
  /** Where in the turn's audio it begins, ms. */
  baseMs: number;
  /** Of a recording; null for a stream of the server's. */
  clip: number | null;
}

/** A turn's voice, over one stream or, after a lost connection, several. */
interface Stream {
  readonly turn: number;
  readonly generation: number;
  source: VoiceSource;
  /** `lost`: its connection is gone; it plays on what there is, and may go on. */
  state: "open" | "lost" | "ended";
  /** How much has come, from the turn's start, ms. */
  receivedMs: number;
}

interface Heard {
  turn: number;
  ms: number;
}

/** What a route tells, and to whom. */
export interface VoiceListener {
  /** To the playback worklet. */
  play(command: PlaybackCommand): void;
  /** To the page. */
  voice(event: VoiceEvent): void;
  /** To the server: how much of a turn has been heard, and once when its first sound was. */
  playback(turn: number, playedMs: number, first: FirstHeard | null): void;
}

/** The server is told where the ear is about this often, ms. */
const REPORT_EVERY_MS = 200;

/**
 * Sandra's audio on its way from the socket to the playback worklet.
 *
 * Every `audio_start` becomes a new generation. Audio is decoded and upsampled here, off the audio thread. What belongs
 * to an interrupted, finished or dropped stream goes no further.
 */
export class VoiceRoute {
  readonly #listener: VoiceListener;
  readonly #deviceRate: number;
  /** What each generation is. */
  readonly #pieces = new Map<number, Piece>();
  readonly #now: () => number;
  #first: { generation: number; sound: FirstSound } | null = null;
  #generation = 0;
  #latest: Stream | null = null;
  #heard: Heard | null = null;
  /** What the server was told last; a report may be lost with its connection. */
  #reported: Heard | null = null;

  /**
   * @param deviceRate of the playback worklet, Hz.
   * @param listener told what happens.
   * @param now the client's clock, ms.
   */
  constructor(deviceRate: number, listener: VoiceListener, now: () => number) {
    this.#deviceRate = deviceRate;
    this.#listener = listener;
    this.#now = now;
  }

  /** Follows the messages that concern the voice; the rest pass by. Of those that are told again, no audio follows. */
  message(message: ServerMessage, replayed = false): void {
    switch (message.type) {
      case "audio_start":
        if (!replayed) this.#start(message);
        break;
      case "audio_end":
        if (!replayed || this.#hasAll(message.duration_ms)) this.#finish();
        break;
      case "interrupted":
        this.silence();
        break;
      case "transcription":
        // Of recordings the server knows nothing and interrupts none: the guest's words do.
        if (!replayed && message.text !== "" && this.#latest?.state !== "open") {
          this.#silenceClips(({ turn }) => turn !== message.turn);
        }
        break;
      case "duck":
        this.#listener.play({ type: "duck", on: message.on });
        break;
      default:
    }
  }

  /** A binary frame; one that is not of the open stream is stale and dropped. */
  audio(frame: ArrayBuffer): void {
    const stamped = unstamp(frame);
    const stream = this.#latest;
    if (stamped !== null && stream?.state === "open" && stamped.stream === stream.source.stream) {
      stream.source.push(stamped.payload);
    }
  }

  /** The connection is gone: what has come of the voice is played on. */
  lost(): void {
    if (this.#latest?.state === "open") this.#latest.state = "lost";
  }

  /** Another session begins: its turns are others. */
  anew(): void {
    this.silence();
    this.#reported = null;
  }

  /** The session goes on over a new connection: the server is told again what the old one may not have taken to it. */
  reportAgain(): void {
    if (this.#reported !== null) {
      this.#listener.playback(this.#reported.turn, Math.round(this.#reported.ms), null);
    }
  }

  /** Up to where a turn's audio has come, for a server that is to go on from there; null when there is none. */
  get received(): Played | null {
    if (this.#latest === null) return null;
    return { turn: this.#latest.turn, played_ms: wholeMs(this.#latest) };
  }

  /**
   * A whole recording, at the device's rate; it waits for what is playing.
   *
   * One of no turn is cut off by whatever she says next; one of a turn says what its stream has left unsaid.
   */
  clip({ number, turn, samples }: Omit<Extract<WorkerCommand, { type: "clip" }>, "type">): void {
    if (turn !== null) this.#silenceClips((piece) => piece.turn === null);
    const baseMs = this.#latest !== null && this.#latest.turn === turn ? this.#latest.receivedMs : 0;
    const generation = this.#begin({ turn, baseMs, clip: number });
    this.#samples(generation, samples);
    this.#listener.play({ type: "end", generation });
  }

  /** Drops everything that was not played yet, and whatever still comes of the open stream. */
  silence(): void {
    this.#latest?.source.close();
    this.#latest = null;
    this.#listener.play({ type: "flush", generation: this.#generation });
    this.#listener.play({ type: "duck", on: false });
  }

  /** Whether any of her voice is on its way to the ear. */
  get sounds(): boolean {
    return this.#pieces.size > 0;
  }

  /** What is playing now and how much of it was heard; null when nothing is. */
  get heard(): Heard | null {
    return this.#heard;
  }

  /** The playback worklet says where the ear is. */
  report(report: PlaybackReport): void {
    const piece = this.#pieces.get(report.generation);
    if (piece === undefined) return;
    const over = report.event === "drained" || report.event === "flushed";
    if (over) this.#pieces.delete(report.generation);
    if (piece.turn !== null) this.#followTurn(piece.turn, piece.baseMs + report.heardMs, over, report);
    if (piece.clip !== null) this.#followClip(piece.clip, piece.turn, report.event);
  }

  #followClip(number: number, turn: number | null, reported: PlaybackReport["event"]): void {
    const event = CLIP_EVENTS[reported];
    if (event !== null) this.#listener.voice({ type: "clip", number, turn, event });
  }

  #followTurn(turn: number, heardMs: number, over: boolean, report: PlaybackReport): void {
    this.#heard = over ? null : { turn, ms: heardMs };
    if (report.event === "started") this.#reported = null;
    const first = this.#firstHeard(report);
    if (over || first !== null || heardMs - (this.#reported?.ms ?? 0) >= REPORT_EVERY_MS) {
      this.#reported = { turn, ms: heardMs };
      this.#listener.playback(turn, Math.round(heardMs), first);
    }
    const event = over ? "stopped" : report.event === "started" ? "started" : "progress";
    this.#listener.voice({ type: "voice", turn, event, heardMs });
  }

  #silenceClips(which: (piece: Piece) => boolean): void {
    if ([...this.#pieces.values()].some((piece) => piece.clip !== null && which(piece))) this.silence();
  }

  #firstHeard(report: PlaybackReport): FirstHeard | null {
    if (this.#first?.generation !== report.generation) return null;
    return this.#first.sound.heard(report.heardMs, this.#now());
  }

  #start(message: AudioStartMessage): void {
    const before = this.#latest;
    if (before?.state === "lost" && before.turn === message.turn) {
      before.state = "open";
      const known = Math.max(0, before.receivedMs - message.start_ms);
      before.source = this.#sourceOf(message, known, before.generation, before.source);
      return;
    }
    this.#silenceClips(({ turn }) => turn === null);
    const generation = this.#begin({ turn: message.turn, baseMs: message.start_ms, clip: null });
    this.#first = { generation, sound: new FirstSound(this.#deviceRate) };
    const source = this.#sourceOf(message, 0, generation, null);
    this.#latest = { turn: message.turn, generation, source, state: "open", receivedMs: message.start_ms };
  }

  #begin(piece: Piece): number {
    this.#generation += 1;
    this.#pieces.set(this.#generation, piece);
    this.#listener.play({ type: "begin", generation: this.#generation });
    return this.#generation;
  }

  #sourceOf(message: AudioStartMessage, knownMs: number, generation: number, before: VoiceSource | null): VoiceSource {
    const listener = {
      samples: (samples: Float32Array, ms: number): void => {
        this.#came(generation, samples, ms);
      },
      over: (): void => {
        this.#listener.play({ type: "end", generation });
      },
    };
    return new VoiceSource(message, knownMs, this.#deviceRate, listener, before);
  }

  #came(generation: number, samples: Float32Array, ms: number): void {
    if (this.#latest?.generation === generation) this.#latest.receivedMs += ms;
    if (this.#first?.generation === generation) this.#first.sound.push(samples, this.#now());
    this.#samples(generation, samples);
  }

  #hasAll(durationMs: number): boolean {
    return this.#latest !== null && wholeMs(this.#latest) >= durationMs;
  }

  #finish(): void {
    const stream = this.#latest;
    if (stream === null || stream.state === "ended") return;
    stream.state = "ended";
    stream.source.end();
  }

  #samples(generation: number, samples: Float32Array): void {
    if (samples.length > 0) this.#listener.play({ type: "samples", generation, samples });
  }
}

/** Whole milliseconds that have come; sums of 20 ms pieces are a hair off. */
function wholeMs(stream: Stream): number {
  return Math.floor(stream.receivedMs + 1e-6);
}
