import { toPcm16 } from "./pcm.ts";
import { FRAME_MS, MICROPHONE_RATE } from "./ports.ts";
import { Resampler } from "./resample.ts";

/** What the capture worklet does, without the worklet: samples at any rate in, 20 ms frames at 16 kHz out. */
export class Framer {
  readonly #resampler: Resampler;
  readonly #frame = new Float32Array((MICROPHONE_RATE * FRAME_MS) / 1000);
  #filled = 0;

  /** @param rate the device's, Hz. */
  constructor(rate: number) {
    this.#resampler = new Resampler(rate, MICROPHONE_RATE);
  }

  /** Feeds samples; returns the frames that they completed. */
  push(samples: Float32Array): ArrayBuffer[] {
    const frames: ArrayBuffer[] = [];
    for (const sample of this.#resampler.push(samples)) {
      this.#frame[this.#filled] = sample;
      this.#filled += 1;
      if (this.#filled === this.#frame.length) {
        frames.push(toPcm16(this.#frame).buffer);
        this.#filled = 0;
      }
    }
    return frames;
  }
}
