/**
 * A first-in first-out store of samples in one circular array.
 *
 * It grows by doubling up to its capacity. Overflow rule: samples that do not fit are refused, newest first, and
 * `push` says how many it took, so that nothing which is already promised to the ear is overwritten.
 */
export class SampleRing {
  readonly #capacity: number;
  #data: Float32Array;
  #read = 0;
  #length = 0;

  /** @param capacity the most samples that it will hold. */
  constructor(capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError("A ring holds one sample or more.");
    this.#capacity = capacity;
    this.#data = new Float32Array(Math.min(capacity, 8192));
  }

  /** Samples that wait to be read. */
  get length(): number {
    return this.#length;
  }

  /** Appends samples; returns how many were taken. */
  push(samples: Float32Array): number {
    const taken = Math.min(samples.length, this.#capacity - this.#length);
    if (this.#length + taken > this.#data.length) this.#grow(this.#length + taken);
    const write = (this.#read + this.#length) % this.#data.length;
    const first = Math.min(taken, this.#data.length - write);
    this.#data.set(samples.subarray(0, first), write);
    this.#data.set(samples.subarray(first, taken), 0);
    this.#length += taken;
    return taken;
  }

  /** The oldest sample; 0 when there is none. */
  shift(): number {
    if (this.#length === 0) return 0;
    const sample = this.#data[this.#read] ?? 0;
    this.#read = (this.#read + 1) % this.#data.length;
    this.#length -= 1;
    return sample;
  }

  /** Forgets everything. */
  clear(): void {
    this.#read = 0;
    this.#length = 0;
  }

  #grow(needed: number): void {
    let size = this.#data.length;
    while (size < needed) size *= 2;
    const grown = new Float32Array(Math.min(size, this.#capacity));
    const first = Math.min(this.#length, this.#data.length - this.#read);
    grown.set(this.#data.subarray(this.#read, this.#read + first), 0);
    grown.set(this.#data.subarray(0, this.#length - first), first);
    this.#data = grown;
    this.#read = 0;
  }
}
