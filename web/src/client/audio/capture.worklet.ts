/**
 * The microphone's worklet: `capture`.
 *
 * Messages. In, on the node's port, once: `Attach`. On the port of the connection worker, in: `CaptureCommand`; out:
 * frames of 20 ms as `ArrayBuffer` (16-bit PCM, 16 kHz, mono), transferred. On the port of the playback worklet, out:
 * `Onset` when the guest begins to make a sound.
 * Rule when there is nothing: while nobody listens or the microphone gives no samples, no frame is made; silence is
 * never invented and old audio is never kept here. What to do with frames before the socket is open is the worker's
 * affair.
 */
import { Framer } from "./framer.ts";
import { OnsetDetector } from "./onset.ts";
import type { Attach, CaptureCommand, Onset } from "./ports.ts";

class CaptureProcessor extends AudioWorkletProcessor {
  #framer = new Framer(sampleRate);
  readonly #onset = new OnsetDetector(sampleRate);
  #ports: Attach | null = null;
  #listens = false;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<Attach>) => {
      this.#ports = event.data;
      this.#ports.port.onmessage = (command: MessageEvent<CaptureCommand>) => {
        if (command.data.type === "listen") this.#listen(command.data.on);
      };
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const samples = inputs[0]?.[0];
    if (this.#ports === null || !this.#listens || samples === undefined) return true;
    if (this.#onset.push(samples)) this.#ports.onset.postMessage({ type: "onset" } satisfies Onset);
    for (const frame of this.#framer.push(samples)) this.#ports.port.postMessage(frame, [frame]);
    return true;
  }

  #listen(on: boolean): void {
    // What was left of the last frame belongs to another moment.
    if (on && !this.#listens) this.#framer = new Framer(sampleRate);
    this.#listens = on;
  }
}

registerProcessor("capture", CaptureProcessor);
