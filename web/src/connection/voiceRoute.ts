import { fromPcm16 } from "../audio/pcm.ts";
import type { PlaybackCommand, PlaybackReport } from "../audio/ports.ts";
import { Resampler } from "../audio/resample.ts";
import type { ServerMessage } from "../wire/messages.ts";
import { type FirstHeard, FirstSound } from "./firstSound.ts";
import type { WorkerEvent } from "./pageMessages.ts";

type VoiceEvent = Extract<WorkerEvent, { type: "voice" }>;

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
  readonly #turns = new Map<number, number>();
  readonly #now: () => number;
  #first: { generation: number; sound: FirstSound } | null = null;
  #generation = 0;
  #open: { generation: number; resampler: Resampler } | null = null;
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

  /** Follows the messages that concern the voice; the rest pass by. */
  message(message: ServerMessage): void {
    switch (message.type) {
      case "audio_start":
        this.#open = {
          generation: this.#begin(message.turn),
          resampler: new Resampler(message.sample_rate, this.#deviceRate),
        };
        this.#first = { generation: this.#open.generation, sound: new FirstSound(this.#deviceRate) };
        break;
      case "audio_end":
        this.#finish();
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
    if (this.#open === null) return;
    const samples = this.#open.resampler.push(fromPcm16(bytes));
    this.#first?.sound.push(samples, this.#now());
    this.#samples(this.#open.generation, samples);
  }

  /** A whole recording, at the device's rate; it waits for what is playing. */
  clip(turn: number, samples: Float32Array): void {
    const generation = this.#begin(turn);
    this.#samples(generation, samples);
    this.#listener.play({ type: "end", generation });
  }

  /** Drops everything that was not played yet, and whatever still comes of the open stream. */
  silence(): void {
    this.#open = null;
    this.#listener.play({ type: "flush", generation: this.#generation });
    this.#listener.play({ type: "duck", on: false });
  }

  /** What is playing now and how much of it was heard; null when nothing is. */
  get heard(): Heard | null {
    return this.#heard;
  }

  /** The playback worklet says where the ear is. */
  report(report: PlaybackReport): void {
    const turn = this.#turns.get(report.generation);
    if (turn === undefined) return;
    const over = report.event === "drained" || report.event === "flushed";
    this.#heard = over ? null : { turn, ms: report.heardMs };
    if (report.event === "started") this.#reportedMs = 0;
    const first = this.#firstHeard(report);
    if (over || first !== null || report.heardMs - this.#reportedMs >= REPORT_EVERY_MS) {
      this.#reportedMs = report.heardMs;
      this.#listener.playback(turn, Math.round(report.heardMs), first);
    }
    if (over) this.#turns.delete(report.generation);
    const event = over ? "stopped" : report.event === "started" ? "started" : "progress";
    this.#listener.voice({ type: "voice", turn, event, heardMs: report.heardMs });
  }

  #firstHeard(report: PlaybackReport): FirstHeard | null {
    if (this.#first?.generation !== report.generation) return null;
    return this.#first.sound.heard(report.heardMs, this.#now());
  }

  #begin(turn: number): number {
    this.#generation += 1;
    this.#turns.set(this.#generation, turn);
    this.#listener.play({ type: "begin", generation: this.#generation });
    return this.#generation;
  }

  #finish(): void {
    if (this.#open === null) return;
    const { generation, resampler } = this.#open;
    this.#samples(generation, resampler.flush());
    this.#listener.play({ type: "end", generation });
    this.#open = null;
  }

  #samples(generation: number, samples: Float32Array): void {
    if (samples.length > 0) this.#listener.play({ type: "samples", generation, samples });
  }
}
