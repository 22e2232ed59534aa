/**
 * The microphone's worklet: `capture`.
 *
 * Messages. In, on the node's port, once: `Attach` with the port of the connection worker. Out, on that port: frames of
 * 20 ms as `ArrayBuffer` (16-bit PCM, 16 kHz, mono), transferred.
 * Rule when there is nothing: while no port is attached or the microphone gives no samples, no frame is made; silence
 * is never invented and old audio is never kept here. What to do with frames before the socket is open is the
 * worker's affair.
 */
import { Framer } from "./framer.ts";
import type { Attach } from "./ports.ts";

class CaptureProcessor extends AudioWorkletProcessor {
  readonly #framer = new Framer(sampleRate);
  #worker: MessagePort | null = null;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<Attach>) => {
      this.#worker = event.data.port;
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const samples = inputs[0]?.[0];
    if (this.#worker === null || samples === undefined) return true;
    for (const frame of this.#framer.push(samples)) this.#worker.postMessage(frame, [frame]);
    return true;
  }
}

registerProcessor("capture", CaptureProcessor);
