import { Duck } from "./duck.ts";
import type { DuckReport, PlaybackReport } from "./ports.ts";
import { SampleRing } from "./ring.ts";

/** Audio that must be there before a stream starts, ms: no under-run at 40 ms chunks paced in real time. */
const START_MS = 60;
/** What an under-run adds to that, its bound, and what every clean ten seconds give back, ms. */
const UNDERRUN_STEP_MS = 20;
const MOST_START_MS = 250;
const GIVE_BACK_MS = 5;
const CLEAN_MS = 10_000;
/** Long enough not to click, too short to hear as a tail, ms. */
const FADE_MS = 5;
/** For so long the echo canceller learns her voice anew, and what the microphone hears may be it, ms. */
const LEARN_MS = 300;
/** Words light up with these reports, each a frame of the screen and two messages later. */
const REPORT_MS = 20;
/** The server sends at most 30 s ahead of what has been played. */
const CAPACITY_MS = 60_000;

interface Stream {
  readonly generation: number;
  readonly ring: SampleRing;
  played: number;
  /** Frames of silence since the last sample was played: they carry it through the device to the ear. */
  tail: number;
  underruns: number;
  ended: boolean;
  started: boolean;
  sounding: boolean;
}

/**
 * What the playback worklet does, without the worklet: streams in, samples and reports out.
 *
 * Streams are played one after another, never together. Time is counted in rendered frames only.
 */
export class Playout {
  readonly #rate: number;
  readonly #report: (report: PlaybackReport | DuckReport) => void;
  readonly #duck: Duck;
  readonly #streams: Stream[] = [];
  #newest = 0;
  #startFrames: number;
  #cleanFrames = 0;
  #latencyFrames = 0;
  #gain = 1;
  #fadeIn = 0;
  #lastSample = 0;
  #fadeOut: Float32Array = new Float32Array(0);
  #fadeOutAt = 0;
  #sinceReport = 0;

  /**
   * @param rate the device's, Hz.
   * @param report told of every change and, while a stream sounds, every 20 ms.
   */
  constructor(rate: number, report: (report: PlaybackReport | DuckReport) => void) {
    this.#rate = rate;
    this.#report = report;
    this.#duck = new Duck(rate, (on) => {
      report({ type: "ducked", on });
    });
    this.#startFrames = this.#frames(START_MS);
  }

  /** Opens a stream; an older or equal generation is a mistake of the past and is ignored. */
  begin(generation: number): void {
    if (generation <= this.#newest) return;
    this.#newest = generation;
    const ring = new SampleRing(this.#frames(CAPACITY_MS));
    this.#streams.push({
      generation,
      ring,
      played: 0,
      tail: 0,
      underruns: 0,
      ended: false,
      started: false,
      sounding: false,
    });
  }

  /** Appends samples; those of a generation that is not open are dropped. */
  push(generation: number, samples: Float32Array): void {
    this.#find(generation)?.ring.push(samples);
  }

  /** The stream is complete. */
  end(generation: number): void {
    const stream = this.#find(generation);
    if (stream !== undefined) stream.ended = true;
  }

  /** Drops every stream up to and including the generation, with a fade if one is sounding. */
  flush(generation: number): void {
    this.#newest = Math.max(this.#newest, generation);
    let head = this.#streams[0];
    while (head !== undefined && head.generation <= generation) {
      if (head.sounding) this.#startFadeOut(head);
      this.#say(head, "flushed");
      this.#duck.over();
      this.#streams.shift();
      head = this.#streams[0];
    }
  }

  /** The server has her voice played more quietly, or normally again. */
  duck(on: boolean): void {
    this.#duck.server(on);
  }

  /** The guest has begun to make a sound: if she is heard, she is quieter at once. */
  onset(): void {
    const head = this.#streams[0];
    if (head?.sounding === true && head.played >= this.#frames(LEARN_MS)) this.#duck.onset();
  }

  setLatency(ms: number): void {
    this.#latencyFrames = this.#frames(Math.max(0, ms));
  }

  /** Fills the next quantum. */
  render(out: Float32Array): void {
    for (let i = 0; i < out.length; i += 1) {
      this.#gain = this.#duck.next();
      out[i] = this.#fadeOutAt < this.#fadeOut.length ? this.#nextFaded() : this.#next() * this.#gain;
    }
    this.#sinceReport += out.length;
    const head = this.#streams[0];
    if (head?.started === true && this.#sinceReport >= this.#frames(REPORT_MS)) this.#say(head, "progress");
  }

  #next(): number {
    const stream = this.#streams[0];
    if (stream === undefined) return 0;
    if (!stream.sounding && !this.#mayStart(stream)) {
      if (stream.ended && stream.ring.length === 0) this.#drain(stream);
      return 0;
    }
    const sample = stream.ring.shift();
    stream.played += 1;
    this.#countClean();
    const fade = this.#frames(FADE_MS);
    if (this.#fadeIn < fade) this.#fadeIn += 1;
    this.#lastSample = (sample * this.#fadeIn) / fade;
    if (stream.ring.length === 0) this.#runDry(stream);
    return this.#lastSample;
  }

  #mayStart(stream: Stream): boolean {
    const enough = stream.ring.length >= this.#startFrames || (stream.ended && stream.ring.length > 0);
    if (!enough) return false;
    stream.sounding = true;
    // A new stream starts as it was made; only one that was torn is faded back in.
    this.#fadeIn = stream.started ? 0 : this.#frames(FADE_MS);
    if (!stream.started) {
      stream.started = true;
      this.#say(stream, "started");
    }
    return true;
  }

  /** The last sample that there is was taken: the end, or an under-run. */
  #runDry(stream: Stream): void {
    stream.sounding = false;
    if (stream.ended) return;
    stream.underruns += 1;
    this.#cleanFrames = 0;
    this.#startFrames = Math.min(this.#frames(MOST_START_MS), this.#startFrames + this.#frames(UNDERRUN_STEP_MS));
    this.#fadeOutFrom(Array.from({ length: this.#frames(FADE_MS) }, () => this.#lastSample));
    this.#say(stream, "underrun");
  }

  /** Waits until the device has brought the last sample to the ear, unless the next stream is already there. */
  #drain(stream: Stream): void {
    stream.tail += 1;
    if (stream.started && stream.tail < this.#latencyFrames && this.#streams.length === 1) return;
    stream.tail = this.#latencyFrames;
    this.#say(stream, "drained");
    this.#duck.over();
    this.#streams.shift();
  }

  #startFadeOut(stream: Stream): void {
    const rest = Math.min(this.#frames(FADE_MS), stream.ring.length);
    this.#fadeOutFrom(Array.from({ length: rest }, () => stream.ring.shift()));
  }

  #fadeOutFrom(samples: readonly number[]): void {
    this.#fadeOut = Float32Array.from(samples, (sample, i) => sample * this.#gain * (1 - (i + 1) / samples.length));
    this.#fadeOutAt = 0;
  }

  #nextFaded(): number {
    const sample = this.#fadeOut[this.#fadeOutAt] ?? 0;
    this.#fadeOutAt += 1;
    return sample;
  }

  #countClean(): void {
    this.#cleanFrames += 1;
    if (this.#cleanFrames < this.#frames(CLEAN_MS)) return;
    this.#cleanFrames = 0;
    this.#startFrames = Math.max(this.#frames(START_MS), this.#startFrames - this.#frames(GIVE_BACK_MS));
  }

  #say(stream: Stream, event: PlaybackReport["event"]): void {
    this.#sinceReport = 0;
    const heard = Math.max(0, Math.min(stream.played, stream.played + stream.tail - this.#latencyFrames));
    this.#report({
      type: "playback",
      generation: stream.generation,
      event,
      heardMs: (heard * 1000) / this.#rate,
      bufferedMs: (stream.ring.length * 1000) / this.#rate,
      underruns: stream.underruns,
    });
  }

  #find(generation: number): Stream | undefined {
    return this.#streams.find((stream) => stream.generation === generation);
  }

  #frames(ms: number): number {
    return Math.round((ms * this.#rate) / 1000);
  }
}
