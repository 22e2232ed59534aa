/**
 * Sandra's voice: the worklet `playback`, the only thing in the page that makes sound.
 *
 * Messages. In, on the node's port, once: `Attach`. On the port of the connection worker, in: `PlaybackCommand`; out:
 * `PlaybackReport` when a stream starts, drains, is flushed or runs dry, and every 20 ms between, and `DuckReport`. On
 * the port of the capture worklet, in: `Onset`, upon which she is played more quietly at once; the server confirms that
 * within 700 ms, or it is undone.
 * Under-run rule: a stream starts once 60 ms are there (or at its end, if it is shorter). When it runs dry before its
 * end, the last sample is faded over 5 ms, the threshold grows by 20 ms (at most 250), and it goes on when that much is
 * there; ten clean seconds give 5 ms back. A flush fades over 5 ms, and no sample of that generation or an older one is
 * heard after it, however late it arrives.
 */
import { obey } from "./playing.ts";
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
        obey(this.#playout, command.data);
      };
      event.data.onset.onmessage = () => {
        this.#playout.onset();
      };
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0]?.[0];
    if (out !== undefined) this.#playout.render(out);
    return true;
  }
}

registerProcessor("playback", PlaybackProcessor);
