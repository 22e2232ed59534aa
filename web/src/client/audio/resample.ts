/**
 * A streaming, band-limited resampler: windowed sinc in polyphase form.
 *
 * Both rates are integers, so the ratio is an exact fraction `up/down` and every output sample falls on one of `up`
 * phases; the positions never drift. The filter is a Kaiser-windowed sinc (J. O. Smith, "Digital Audio Resampling").
 */

/** Zero crossings of the sinc on each side of its centre. */
const ZERO_CROSSINGS = 16;
/** Kaiser's beta: stop band below -80 dB. */
const BETA = 8;
/** Cut-off as a share of the lower Nyquist frequency: the transition band ends where images begin. */
const ROLL_OFF = 0.9;

export class Resampler {
  readonly #up: number;
  readonly #down: number;
  /** Input samples that the filter sees on each side of the centre. */
  readonly #half: number;
  readonly #phases: readonly Float32Array[];
  #history: Float32Array;
  /** Position of the next output: whole input samples from the start of the history, and the phase. */
  #index = 0;
  #phase = 0;

  /**
   * @param from rate of the input, Hz.
   * @param to rate of the output, Hz.
   */
  constructor(from: number, to: number) {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1) {
      throw new RangeError(`Sample rates are whole numbers of Hz, not ${from} and ${to}.`);
    }
    const divisor = greatestCommonDivisor(from, to);
    this.#up = to / divisor;
    this.#down = from / divisor;
    const cutoff = ROLL_OFF * Math.min(1, to / from);
    this.#half = Math.ceil(ZERO_CROSSINGS / cutoff);
    this.#phases = Array.from({ length: this.#up }, (_, phase) => tapsOf(phase / this.#up, this.#half, cutoff));
    this.#history = new Float32Array(this.#half);
  }

  /** Feeds samples; returns those outputs whose filter is complete (the delay is `half` inputs, not shifted). */
  push(input: Float32Array): Float32Array {
    if (this.#up === this.#down) return input.slice();
    const data = new Float32Array(this.#history.length + input.length);
    data.set(this.#history);
    data.set(input, this.#history.length);
    const width = 2 * this.#half;
    const output = new Float32Array(Math.max(0, Math.ceil(((data.length - width + 1) * this.#up) / this.#down) + 1));
    let count = 0;
    while (this.#index + width <= data.length) {
      const taps = this.#phases[this.#phase];
      if (taps === undefined) throw new RangeError("The phase left its table.");
      let sum = 0;
      for (let tap = 0; tap < width; tap += 1) sum += (data[this.#index + tap] ?? 0) * (taps[tap] ?? 0);
      output[count] = sum;
      count += 1;
      this.#phase += this.#down;
      this.#index += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
    const keepFrom = Math.min(this.#index, data.length);
    this.#history = data.slice(keepFrom);
    this.#index -= keepFrom;
    return output.subarray(0, count);
  }

  /** The rest of the stream, as if silence followed. */
  flush(): Float32Array {
    return this.#up === this.#down ? new Float32Array(0) : this.push(new Float32Array(this.#half - 1));
  }
}

function tapsOf(fraction: number, half: number, cutoff: number): Float32Array {
  const taps = new Float32Array(2 * half);
  let sum = 0;
  for (let tap = 0; tap < taps.length; tap += 1) {
    // The history starts with `half` zeros, so the centre of the first output is tap `half`.
    const distance = tap - half - fraction;
    const value = cutoff * sinc(cutoff * distance) * kaiser(distance / half);
    taps[tap] = value;
    sum += value;
  }
  // Unity gain at 0 Hz in every phase: otherwise the phases differ and a tone appears at the input rate.
  return taps.map((value) => value / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
