/**
 * What crosses the MessagePorts between the connection worker and the two worklets.
 *
 * A generation is one stream of Sandra's voice. The worker counts generations upwards and never reuses one, across
 * turns and reconnections, so a sample that belongs to a finished answer can be told by one comparison.
 */

/** Worker to playback worklet. */
export type PlaybackCommand =
  /** A stream begins; it waits for the one before to finish. */
  | { type: "begin"; generation: number }
  /** Samples at the device's rate; dropped if the generation is not the one that is open. */
  | { type: "samples"; generation: number; samples: Float32Array }
  /** No more samples of this generation will come. */
  | { type: "end"; generation: number }
  /** Silence now: everything up to and including this generation is dropped. */
  | { type: "flush"; generation: number }
  | { type: "duck"; on: boolean }
  /** Time between a sample leaving the worklet and the ear. */
  | { type: "latency"; ms: number };

/** Playback worklet to worker: where the ear is. */
export interface PlaybackReport {
  type: "playback";
  generation: number;
  event: "started" | "progress" | "underrun" | "drained" | "flushed";
  /** Milliseconds of this generation that have reached the ear. */
  heardMs: number;
  /** Milliseconds that wait to be played. */
  bufferedMs: number;
  underruns: number;
}

/** Capture worklet to worker: one frame of 20 ms, 16-bit PCM at 16 kHz mono, transferred. */
export type CaptureFrame = ArrayBuffer;

export const MICROPHONE_RATE = 16_000;
export const FRAME_MS = 20;

/** The page hands a worklet its end of a port in the first message of the node's own port. */
export interface Attach {
  port: MessagePort;
}
