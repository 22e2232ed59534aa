/**
 * Sandra's voice: the worklet `playback`, the only thing in the page that makes sound.
 *
 * Messages. In, on the node's port, once: `Attach` with the port of the connection worker. On that port, in:
 * `PlaybackCommand`; out: `PlaybackReport` when a stream starts, drains, is flushed or runs dry, and every 50 ms between.
 * Under-run rule: a stream starts once 60 ms are there (or at its end, if it is shorter). When it runs dry before its
 * end, the last sample is faded over 5 ms, the threshold grows by 20 ms (at most 250), and it goes on when that much is
 * there; ten clean seconds give 5 ms back. A flush fades over 5 ms, and no sample of that generation or an older one is
 * heard after it, however late it arrives.
 */
import { Playout } from "./playout.ts";
import type { Attach, PlaybackCommand } from "./ports.ts";

class PlaybackProcessor extends AudioWorkletProcessor {
  #worker: MessagePort | null = null;
  readonly #playout = new Playout(sampleRate, (report) => this.#worker?.postMessage(report));

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<Attach>) => {
      this.#worker = event.data.port;
      this.#worker.onmessage = (command: MessageEvent<PlaybackCommand>) => {
        this.#obey(command.data);
      };
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0]?.[0];
    if (out !== undefined) this.#playout.render(out);
    return true;
  }

  #obey(command: PlaybackCommand): void {
    switch (command.type) {
      case "begin":
        this.#playout.begin(command.generation);
        break;
      case "samples":
        this.#playout.push(command.generation, command.samples);
        break;
      case "end":
        this.#playout.end(command.generation);
        break;
      case "flush":
        this.#playout.flush(command.generation);
        break;
      case "duck":
        this.#playout.duck(command.on);
        break;
      case "latency":
        this.#playout.setLatency(command.ms);
        break;
    }
  }
}

registerProcessor("playback", PlaybackProcessor);
