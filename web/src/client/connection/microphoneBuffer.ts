/** What is kept of the microphone once a server listens, 10 s of 20 ms frames. */
const MOST_FRAMES = 500;
/** The first words of a guest who speaks before that, 2 s. */
const MOST_EARLY = 100;
/** Speech from before the server says that it hears it, and some quiet before that, 1 s. */
const BEFORE_SPEECH = 50;

/** A frame and which one of the microphone's frames it is, from 0. */
export interface Numbered {
  frame: ArrayBuffer;
  number: number;
}

/**
 * The newest frames of the microphone: those that were not sent yet, and those that may have to be sent again.
 *
 * Overflow rule: the oldest go first.
 */
export class MicrophoneBuffer {
  #frames: ArrayBuffer[] = [];
  /** Number of the first frame that is kept. */
  #first = 0;
  /** How many of the frames were sent. */
  #sent = 0;
  /** Number of the first frame of each utterance that the server has told of, by turn. */
  readonly #utterances = new Map<number, number>();
  /** Number of the first frame that a server may not have, or not have judged yet, if the connection is lost now. */
  #doubtful = 0;
  /** Number of the first frame after the last utterance that the server took to be over. */
  #over = 0;
  #most = MOST_EARLY;

  keep(frame: ArrayBuffer): void {
    this.#frames.push(frame);
    if (this.#frames.length > this.#most) this.#forget(1);
  }

  /** The frames that were not sent yet. */
  take(): Numbered[] {
    const from = this.#first + this.#sent;
    const frames = this.#frames.slice(this.#sent).map((frame, i) => ({ frame, number: from + i }));
    this.#sent = this.#frames.length;
    if (frames.length > 0) this.#most = MOST_FRAMES;
    return frames;
  }

  /** So many of the frames that were taken last have not gone out. */
  unsent(count: number): void {
    this.#sent -= count;
  }

  /** Leaves out all but the newest of the frames that were not sent; returns how many. */
  skipAllBut(newest: number): number {
    const skipped = Math.max(0, this.#frames.length - this.#sent - newest);
    this.#sent += skipped;
    return skipped;
  }

  /** Number of the frame that is sent next. */
  get next(): number {
    return this.#first + this.#sent;
  }

  /** All frames before this one are with the server. */
  arrived(number: number): void {
    this.#doubtful = number - BEFORE_SPEECH;
  }

  /**
   * The server hears the guest.
   *
   * @param missed told again: that was before the connection was lost, whatever was sent to it since.
   */
  speechStarted(turn: number, missed = false): void {
    for (const [known, began] of this.#utterances) if (began < this.#first) this.#utterances.delete(known);
    const began = this.next - BEFORE_SPEECH;
    if (!this.#utterances.has(turn)) this.#utterances.set(turn, missed ? Math.min(began, this.#doubtful) : began);
  }

  /** The server takes what the guest said to be over: it will be answered, or was no speech. */
  speechOver(): void {
    this.#over = this.next;
  }

  /** An utterance was cut off, and the server has dropped it: it is to be sent again. */
  again(turn: number): void {
    this.#sendFrom(this.#utterances.get(turn) ?? this.next);
  }

  /** The session goes on over a new connection: what the old one may have lost is to be sent again. */
  resumed(): void {
    this.#sendFrom(Math.max(this.#doubtful, this.#over));
  }

  /** Nothing that was kept is for the session that begins now. */
  clear(): void {
    this.#forget(this.#frames.length);
    this.#utterances.clear();
    this.#doubtful = this.#over = this.#first;
    this.#most = MOST_EARLY;
  }

  #sendFrom(number: number): void {
    this.#sent = Math.min(this.#sent, Math.max(0, number - this.#first));
    this.#doubtful = Math.min(this.#doubtful, this.next);
    this.#over = Math.min(this.#over, this.next);
  }

  #forget(count: number): void {
    this.#frames.splice(0, count);
    this.#first += count;
    this.#sent = Math.max(0, this.#sent - count);
  }
}
