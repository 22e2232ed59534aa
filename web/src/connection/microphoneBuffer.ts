/** The first words of a guest who speaks before the connection is there, 2 s of 20 ms frames. */
const MOST_FRAMES = 100;

/**
 * Keeps the newest frames until somebody takes them.
 *
 * Overflow rule: the oldest go first. What was kept across a lost connection is stale; `clear` it.
 */
export class MicrophoneBuffer {
  #frames: ArrayBuffer[] = [];

  keep(frame: ArrayBuffer): void {
    this.#frames.push(frame);
    if (this.#frames.length > MOST_FRAMES) this.#frames.shift();
  }

  take(): ArrayBuffer[] {
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  clear(): void {
    this.#frames = [];
  }
}
