import { type CaptureEncoding, FRAME_MS, MICROPHONE_RATE } from "../audio/ports.ts";
import { MicrophoneBuffer } from "./microphoneBuffer.ts";
import { PacketEncoder } from "./opus.ts";
import { stamp } from "./stamp.ts";

const FRAME_SAMPLES = (MICROPHONE_RATE * FRAME_MS) / 1000;
/** Of sound that is late only the newest is worth sending, 500 ms. */
const LATE_FRAMES = 500 / FRAME_MS;
/** Opus counts positions at 48 kHz. */
const OPUS_RATE = 48_000;

/** What an uplink needs of the connection. */
export interface UplinkHost {
  /** Sends a frame; false when nothing can be sent. */
  send(frame: ArrayBuffer): boolean;
  /** Sound could not be encoded: it goes as it is from now on. */
  encodingFailed(): void;
}

/**
 * The guest's sound on its way from the capture to the socket: kept, encoded if the link is poor, stamped.
 *
 * A recording goes as it comes and is never sent again: its pieces mean nothing without those before.
 */
export class Uplink {
  readonly #host: UplinkHost;
  readonly #buffer = new MicrophoneBuffer();
  #encoding: CaptureEncoding = "pcm_s16le";
  #encoder: PacketEncoder | null = null;
  /** The ping that is under way, and the frame that was next when it was sent; null for none. */
  #asked: { t: number; next: number } | null = null;
  #droppedMs = 0;

  constructor(host: UplinkHost) {
    this.#host = host;
  }

  /** How the frames go out, as `start` names it. */
  get format(): { encoding: CaptureEncoding | "opus"; sample_rate: number | null } {
    if (this.#encoder !== null) return { encoding: "opus", sample_rate: OPUS_RATE };
    return { encoding: this.#encoding, sample_rate: this.#encoding === "pcm_s16le" ? MICROPHONE_RATE : null };
  }

  /** What a poor link has lost of the guest's sound in this session, ms. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /** How the capture's frames are coded. */
  comesAs(encoding: CaptureEncoding): void {
    this.#encoding = encoding;
  }

  /** Whether sound can be compressed here. */
  get compressible(): boolean {
    return this.#encoding === "pcm_s16le";
  }

  /** Compresses what is sent from now on, or does not any more. */
  compress(on: boolean): void {
    if (on === (this.#encoder !== null)) return;
    const before = this.#encoder;
    this.#encoder = on
      ? new PacketEncoder(
          (payload, number) => {
            this.#host.send(stamp(payload, (number * FRAME_MS * OPUS_RATE) / 1000));
          },
          () => {
            this.#encoder = null;
            this.#host.encodingFailed();
          },
        )
      : null;
    before?.close();
  }

  /** A frame of the capture; it goes out with `flow`. */
  keep(frame: ArrayBuffer): void {
    if (this.#encoding === "pcm_s16le") this.#buffer.keep(frame);
    else this.#host.send(stamp(frame, 0));
  }

  /** Sends what waits. */
  flow(): void {
    const waiting = this.#buffer.take();
    const refused = waiting.findIndex(({ frame, number }) => !this.#send(frame, number));
    if (refused >= 0) this.#buffer.unsent(waiting.length - refused);
  }

  /** The link is late: all but the newest of what waits is dropped; returns whether anything was. */
  shed(): boolean {
    const skipped = this.#buffer.skipAllBut(LATE_FRAMES);
    this.#droppedMs += skipped * FRAME_MS;
    return skipped > 0;
  }

  /** Resolves when all that was given to the encoder has gone out. */
  async drained(): Promise<void> {
    await this.#encoder?.drained();
  }

  /** A ping was sent behind the sound. */
  pinged(t: number): void {
    this.#asked ??= { t, next: this.#buffer.next };
  }

  /** A ping was answered: the sound before it has arrived. */
  ponged(t: unknown): void {
    if (this.#asked === null || this.#asked.t !== t) return;
    this.#buffer.arrived(this.#asked.next);
    this.#asked = null;
  }

  /** The server hears the guest; `missed` if it did before the connection was lost. */
  speechStarted(turn: number, missed: boolean): void {
    this.#buffer.speechStarted(turn, missed);
  }

  /** The guest's turn is over, or was cut off with the connection or the server: then it is sent again. */
  speechStopped(turn: number, unheard: boolean): void {
    if (unheard) this.#buffer.again(turn);
    else this.#buffer.speechOver();
  }

  /** The session goes on over a new connection. */
  resumed(): void {
    this.#asked = null;
    this.#buffer.resumed();
  }

  /** Another session, or nobody listens: nothing that was kept counts. */
  clear(): void {
    this.#buffer.clear();
  }

  /** Another session: nothing was lost of it yet. */
  anew(): void {
    this.clear();
    this.#droppedMs = 0;
  }

  #send(frame: ArrayBuffer, number: number): boolean {
    if (this.#encoder === null) return this.#host.send(stamp(frame, number * FRAME_SAMPLES));
    this.#encoder.encode(frame, number);
    return true;
  }
}
