/** What is kept of the microphone once a server listens, 10 s of 20 ms frames. */
const MOST_FRAMES = 500;
/** The first words of a guest who speaks before that, 2 s. */
const MOST_EARLY = 100;
/** Speech from before the server says that it hears it, and some quiet before that, 1 s. */
const BEFORE_SPEECH = 50;

/**
 * The newest frames of the microphone: those that were not sent yet, and those that may have to be sent again.
 *
 * Overflow rule: the oldest go first.
 */
export class MicrophoneBuffer {
  #frames: ArrayBuffer[] = [];
  /** How many of the frames were sent. */
  #sent = 0;
  /** Where the utterance began that the server hears. */
  #utterance = 0;
  #most = MOST_EARLY;

  keep(frame: ArrayBuffer): void {
    this.#frames.push(frame);
    if (this.#frames.length <= this.#most) return;
    this.#frames.shift();
    this.#sent = Math.max(0, this.#sent - 1);
    this.#utterance = Math.max(0, this.#utterance - 1);
  }

  /** The frames that were not sent yet. */
  take(): ArrayBuffer[] {
    const frames = this.#frames.slice(this.#sent);
    this.#sent = this.#frames.length;
    if (frames.length > 0) this.#most = MOST_FRAMES;
    return frames;
  }

  /** So many of the frames that were taken last have not gone out. */
  unsent(count: number): void {
    this.#sent -= count;
  }

  /** The server hears the guest. */
  speechStarted(): void {
    this.#utterance = Math.max(0, this.#sent - BEFORE_SPEECH);
  }

  /** A lost connection has cut the utterance off, and the server has dropped it: it is to be sent again. */
  again(): void {
    this.#sent = Math.min(this.#sent, this.#utterance);
  }

  /** Nothing that was kept is for the session that begins now. */
  clear(): void {
    this.#frames = [];
    this.#sent = 0;
    this.#utterance = 0;
    this.#most = MOST_EARLY;
  }
}
