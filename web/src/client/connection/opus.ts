/** Opus by the browser's own codecs (WebCodecs): bare packets, both ways. */
import { FRAME_MS, MICROPHONE_RATE } from "../audio/ports.ts";

/** Speech stays clear at this, and a poor link carries it, bits per second. */
const BITRATE = 24_000;
/** Opus always decodes to this, Hz. */
const DECODED_RATE = 48_000;
const US_PER_MS = 1000;

const ENCODING: AudioEncoderConfig = {
  codec: "opus",
  sampleRate: MICROPHONE_RATE,
  numberOfChannels: 1,
  bitrate: BITRATE,
};
const DECODING: AudioDecoderConfig = { codec: "opus", sampleRate: DECODED_RATE, numberOfChannels: 1 };

/** Whether this browser can do both. */
export async function hasOpus(): Promise<boolean> {
  const scope = globalThis as { AudioEncoder?: typeof AudioEncoder; AudioDecoder?: typeof AudioDecoder };
  if (scope.AudioEncoder === undefined || scope.AudioDecoder === undefined) return false;
  try {
    const [up, down] = await Promise.all([
      scope.AudioEncoder.isConfigSupported(ENCODING),
      scope.AudioDecoder.isConfigSupported(DECODING),
    ]);
    return up.supported === true && down.supported === true;
  } catch {
    // A configuration that cannot even be asked about is not supported.
    return false;
  }
}

/** Frames of the microphone to packets, in order, each with the number of its frame. */
export class PacketEncoder {
  readonly #encoder: AudioEncoder;

  /**
   * @param packet told each packet, with the number of the frame that it holds.
   * @param failed told once if the browser gives up.
   */
  constructor(packet: (payload: ArrayBuffer, number: number) => void, failed: () => void) {
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const payload = new ArrayBuffer(chunk.byteLength);
        chunk.copyTo(payload);
        packet(payload, Math.round(chunk.timestamp / US_PER_MS / FRAME_MS));
      },
      error: failed,
    });
    this.#encoder.configure(ENCODING);
  }

  /** Encodes 20 ms of 16-bit PCM at 16 kHz. */
  encode(frame: ArrayBuffer, number: number): void {
    const data = new AudioData({
      format: "s16",
      sampleRate: MICROPHONE_RATE,
      numberOfFrames: frame.byteLength / 2,
      numberOfChannels: 1,
      timestamp: number * FRAME_MS * US_PER_MS,
      data: frame,
    });
    this.#encoder.encode(data);
    data.close();
  }

  /** Resolves when everything that was given has come out. */
  async drained(): Promise<void> {
    await this.#encoder.flush();
  }

  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}

/** Packets of Sandra's voice to samples. */
export class PacketDecoder {
  readonly rate = DECODED_RATE;
  readonly #decoder: AudioDecoder;
  #next = 0;

  /**
   * @param samples told what comes out, in order.
   * @param failed told once if the browser gives up.
   */
  constructor(samples: (samples: Float32Array<ArrayBuffer>) => void, failed: () => void) {
    this.#decoder = new AudioDecoder({
      output: (data) => {
        const copy = new Float32Array(data.numberOfFrames);
        data.copyTo(copy, { planeIndex: 0, format: "f32-planar" });
        data.close();
        samples(copy);
      },
      error: failed,
    });
    this.#decoder.configure(DECODING);
  }

  decode(packet: ArrayBuffer): void {
    if (packet.byteLength === 0 || this.#decoder.state === "closed") return;
    // The timestamps only keep the order.
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: this.#next, data: packet }));
    this.#next += FRAME_MS * US_PER_MS;
  }

  /** Resolves when everything that was given has come out. */
  async drained(): Promise<void> {
    if (this.#decoder.state !== "closed") await this.#decoder.flush();
  }

  close(): void {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }
}
