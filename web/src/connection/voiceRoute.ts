import { fromPcm16 } from "../audio/pcm.ts";
import type { PlaybackCommand, PlaybackReport } from "../audio/ports.ts";
import { Resampler } from "../audio/resample.ts";
import type { AudioStartMessage, Played, ServerMessage } from "../wire/messages.ts";
import { type FirstHeard, FirstSound } from "./firstSound.ts";
import type { WorkerEvent } from "./pageMessages.ts";

type VoiceEvent = Extract<WorkerEvent, { type: "voice" }>;

/** A turn's voice, over one stream or, after a lost connection, several. */
interface Stream {
  readonly turn: number;
  readonly generation: number;
  readonly resampler: Resampler;
  readonly rate: number;
  /** `lost`: its connection is gone; it plays on what there is, and may go on. */
  state: "open" | "lost" | "ended";
  /** Samples that have come, from the turn's start. */
  received: number;
  /** Samples that will come once more. */
  again: number;
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
 * Every `audio_start` becomes a new generation. Audio is upsampled here, off the audio thread. What belongs to an
 * interrupted, finished or dropped stream goes no further.
 */
export class VoiceRoute {
  readonly #listener: VoiceListener;
  readonly #deviceRate: number;
  /** Of each generation its turn, and where in the turn's audio it begins, ms. */
  readonly #turns = new Map<number, { turn: number; baseMs: number }>();
  readonly #now: () => number;
  #first: { generation: number; sound: FirstSound } | null = null;
  #generation = 0;
  #latest: Stream | null = null;
  #heard: Heard | null = null;
  #reportedMs = 0;

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
      case "duck":
        this.#listener.play({ type: "duck", on: message.on });
        break;
      default:
    }
  }

  /** Audio of the open stream; with no open stream it is stale and dropped. */
  audio(bytes: ArrayBuffer): void {
    const stream = this.#latest;
    if (stream?.state !== "open") return;
    const came = fromPcm16(bytes);
    const known = Math.min(stream.again, came.length);
    stream.again -= known;
    stream.received += came.length - known;
    const samples = stream.resampler.push(came.subarray(known));
    this.#first?.sound.push(samples, this.#now());
    this.#samples(stream.generation, samples);
  }

  /** The connection is gone: what has come of the voice is played on. */
  lost(): void {
    if (this.#latest?.state === "open") this.#latest.state = "lost";
  }

  /** Up to where a turn's audio has come, for a server that is to go on from there; null when there is none. */
  get received(): Played | null {
    if (this.#latest === null) return null;
    return { turn: this.#latest.turn, played_ms: receivedMs(this.#latest) };
  }

  /** A whole recording, at the device's rate; it waits for what is playing. */
  clip(turn: number, samples: Float32Array): void {
    const generation = this.#begin(turn, 0);
    this.#samples(generation, samples);
    this.#listener.play({ type: "end", generation });
  }

  /** Drops everything that was not played yet, and whatever still comes of the open stream. */
  silence(): void {
    this.#latest = null;
    this.#listener.play({ type: "flush", generation: this.#generation });
    this.#listener.play({ type: "duck", on: false });
  }

  /** What is playing now and how much of it was heard; null when nothing is. */
  get heard(): Heard | null {
    return this.#heard;
  }

  /** The playback worklet says where the ear is. */
  report(report: PlaybackReport): void {
    const known = this.#turns.get(report.generation);
    if (known === undefined) return;
    const { turn } = known;
    const heardMs = known.baseMs + report.heardMs;
    const over = report.event === "drained" || report.event === "flushed";
    this.#heard = over ? null : { turn, ms: heardMs };
    if (report.event === "started") this.#reportedMs = 0;
    const first = this.#firstHeard(report);
    if (over || first !== null || heardMs - this.#reportedMs >= REPORT_EVERY_MS) {
      this.#reportedMs = heardMs;
      this.#listener.playback(turn, Math.round(heardMs), first);
    }
    if (over) this.#turns.delete(report.generation);
    const event = over ? "stopped" : report.event === "started" ? "started" : "progress";
    this.#listener.voice({ type: "voice", turn, event, heardMs });
  }

  #firstHeard(report: PlaybackReport): FirstHeard | null {
    if (this.#first?.generation !== report.generation) return null;
    return this.#first.sound.heard(report.heardMs, this.#now());
  }

  #start(message: AudioStartMessage): void {
    const before = this.#latest;
    const startsAt = (message.start_ms * message.sample_rate) / 1000;
    if (before?.state === "lost" && before.turn === message.turn) {
      before.state = "open";
      before.again = Math.max(0, before.received - startsAt);
      return;
    }
    const generation = this.#begin(message.turn, message.start_ms);
    this.#latest = {
      turn: message.turn,
      generation,
      resampler: new Resampler(message.sample_rate, this.#deviceRate),
      rate: message.sample_rate,
      state: "open",
      received: startsAt,
      again: 0,
    };
    this.#first = { generation, sound: new FirstSound(this.#deviceRate) };
  }

  #begin(turn: number, baseMs: number): number {
    this.#generation += 1;
    this.#turns.set(this.#generation, { turn, baseMs });
    this.#listener.play({ type: "begin", generation: this.#generation });
    return this.#generation;
  }

  #hasAll(durationMs: number): boolean {
    return this.#latest !== null && receivedMs(this.#latest) >= durationMs;
  }

  #finish(): void {
    const stream = this.#latest;
    if (stream === null || stream.state === "ended") return;
    stream.state = "ended";
    this.#samples(stream.generation, stream.resampler.flush());
    this.#listener.play({ type: "end", generation: stream.generation });
  }

  #samples(generation: number, samples: Float32Array): void {
    if (samples.length > 0) this.#listener.play({ type: "samples", generation, samples });
  }
}

function receivedMs(stream: Stream): number {
  return Math.floor((stream.received * 1000) / stream.rate);
}
