/** -40 dBFS: what counts as heard. */
const AUDIBLE = 0.01;

/** When an answer began to sound, in ms on the client's clock. */
export interface FirstHeard {
  heardAt: number;
  arrivedAt: number;
}

/** Follows one stream of Sandra's voice until its first audible sample has been heard. */
export class FirstSound {
  readonly #rate: number;
  #arrivedAt: number | null = null;
  #silentFrames = 0;
  #found = false;
  #told = false;

  /** @param rate of the samples, Hz. */
  constructor(rate: number) {
    this.#rate = rate;
  }

  /** The next samples of the stream have come. */
  push(samples: Float32Array, now: number): void {
    this.#arrivedAt ??= now;
    if (this.#found) return;
    const audible = samples.findIndex((sample) => Math.abs(sample) > AUDIBLE);
    this.#found = audible >= 0;
    this.#silentFrames += this.#found ? audible : samples.length;
  }

  /** Once, as soon as the ear is past the first audible sample: when it was there; null before and after. */
  heard(heardMs: number, now: number): FirstHeard | null {
    const past = heardMs - (this.#silentFrames * 1000) / this.#rate;
    if (this.#told || !this.#found || this.#arrivedAt === null || past <= 0) return null;
    this.#told = true;
    return { heardAt: now - past, arrivedAt: this.#arrivedAt };
  }
}
