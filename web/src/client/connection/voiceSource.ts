import { fromPcm16 } from "../audio/pcm.ts";
import { Resampler } from "../audio/resample.ts";
import type { AudioStartMessage } from "../wire/messages.ts";
import { PacketDecoder } from "./opus.ts";

/** What a source tells. */
export interface SourceListener {
  /** Samples at the device's rate, and how much of the voice they and what was left out of it are, ms. */
  samples(samples: Float32Array, ms: number): void;
  /** All has come out. */
  over(): void;
}

/**
 * One stream of the server's, from binary frames to samples at the device's rate.
 *
 * Nothing comes out of a source that was closed.
 */
export class VoiceSource {
  /** Number that the server gave it. */
  readonly stream: number;
  readonly #rate: number;
  readonly #resampler: Resampler;
  readonly #listener: SourceListener;
  readonly #decoder: PacketDecoder | null;
  /** Samples that the ear has already and that are left out. */
  #known: number;
  #closed = false;

  /**
   * @param knownMs how much of its beginning is left out.
   * @param deviceRate Hz.
   * @param before the source whose sound this one's goes on with, without a seam.
   */
  constructor(
    message: AudioStartMessage,
    knownMs: number,
    deviceRate: number,
    listener: SourceListener,
    before: VoiceSource | null,
  ) {
    this.stream = message.stream;
    this.#listener = listener;
    this.#decoder =
      message.encoding === "opus"
        ? new PacketDecoder(
            (samples) => {
              this.#take(samples);
            },
            () => {
              // What cannot be decoded is not heard; the stream ends like any other.
              this.#closed = true;
              listener.over();
            },
          )
        : null;
    this.#rate = this.#decoder?.rate ?? message.sample_rate;
    this.#known = Math.round((knownMs * this.#rate) / 1000);
    this.#resampler =
      before !== null && before.#rate === this.#rate ? before.#resampler : new Resampler(this.#rate, deviceRate);
  }

  push(payload: ArrayBuffer): void {
    if (this.#closed) return;
    if (this.#decoder === null) this.#take(fromPcm16(payload));
    else this.#decoder.decode(payload);
  }

  /** No more frames will come; `over` follows what is still under way. */
  end(): void {
    if (this.#closed) return;
    if (this.#decoder === null) this.#finish();
    else {
      void this.#decoder.drained().then(
        () => {
          this.#finish();
        },
        () => undefined, // Closed meanwhile.
      );
    }
  }

  close(): void {
    this.#closed = true;
    this.#decoder?.close();
  }

  #take(came: Float32Array): void {
    if (this.#closed) return;
    const known = Math.min(this.#known, came.length);
    this.#known -= known;
    const fresh = came.subarray(known);
    this.#listener.samples(this.#resampler.push(fresh), (fresh.length * 1000) / this.#rate);
  }

  #finish(): void {
    if (this.#closed) return;
    this.#listener.samples(this.#resampler.flush(), 0);
    this.close();
    this.#listener.over();
  }
}
