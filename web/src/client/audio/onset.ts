/** Levels are judged over this, ms. */
const BLOCK_MS = 6;
/** Blocks in a row that must stand out: a click is shorter. */
const RUN = 3;
/** How far speech stands out from the room, dB. */
const MARGIN_DB = 12;
/** Quieter than this nobody speaks to us, dB of full scale after pre-emphasis. */
const LEAST_DB = -55;
/** Quiet that must follow before another onset is told, ms. */
const REST_MS = 250;
/** How fast the room is taken to have become louder, dB per second; quieter it becomes at once. */
const RISE_DB_PER_S = 4;
/** A room that nothing is known of. */
const FIRST_FLOOR_DB = -65;
/** First-order pre-emphasis: hum and rumble are no speech. */
const EMPHASIS = 0.95;

/** Tells when a sound begins to stand out from the room, within 24 ms of its first sample. */
export class OnsetDetector {
  readonly #blockFrames: number;
  readonly #restBlocks = REST_MS / BLOCK_MS;
  readonly #rise = (RISE_DB_PER_S * BLOCK_MS) / 1000;
  #floorDb = FIRST_FLOOR_DB;
  #before = 0;
  #energy = 0;
  #filled = 0;
  #loud = 0;
  /** Quiet blocks since the last loud one; many at the beginning. */
  #quiet = Number.MAX_SAFE_INTEGER;

  /** @param rate of the samples, Hz. */
  constructor(rate: number) {
    this.#blockFrames = Math.round((rate * BLOCK_MS) / 1000);
  }

  /** Feeds samples; true if a sound has begun within them. */
  push(samples: Float32Array): boolean {
    let began = false;
    for (const sample of samples) {
      const emphasised = sample - EMPHASIS * this.#before;
      this.#before = sample;
      this.#energy += emphasised * emphasised;
      this.#filled += 1;
      if (this.#filled < this.#blockFrames) continue;
      began = this.#judge(10 * Math.log10(this.#energy / this.#filled + 1e-10)) || began;
      this.#energy = 0;
      this.#filled = 0;
    }
    return began;
  }

  #judge(db: number): boolean {
    const loud = db > Math.max(this.#floorDb + MARGIN_DB, LEAST_DB);
    this.#floorDb = Math.min(db, this.#floorDb + this.#rise);
    if (!loud) {
      this.#loud = 0;
      this.#quiet += 1;
      return false;
    }
    this.#loud += 1;
    if (this.#loud < RUN) return false;
    const began = this.#quiet >= this.#restBlocks;
    this.#quiet = 0;
    return began;
  }
}
