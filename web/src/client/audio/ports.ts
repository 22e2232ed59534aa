/**
 * What crosses the MessagePorts between the connection worker and the two ends of the sound.
 *
 * The ends are worklets, or plain nodes where the browser has no worklets; both speak this. A generation is one stream
 * of Sandra's voice. The worker counts generations upwards and never reuses one, across turns and reconnections, so a
 * sample that belongs to a finished answer can be told by one comparison.
 */

/** Worker to playback. */
export type PlaybackCommand =
  /** A stream begins; it waits for the one before to finish. */
  | { type: "begin"; generation: number }
  /** Samples at the device's rate; dropped if the generation is not the one that is open. */
  | { type: "samples"; generation: number; samples: Float32Array }
  /** No more samples of this generation will come. */
  | { type: "end"; generation: number }
  /** Silence now: everything up to and including this generation is dropped. */
  | { type: "flush"; generation: number }
  /** The server's word on ducking; it outweighs what was heard here. */
  | { type: "duck"; on: boolean }
  /** Time between a sample leaving the worklet and the ear. */
  | { type: "latency"; ms: number };

/** Playback to worker: where the ear is. */
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

/** Playback to worker: her voice is played more quietly, or normally again. */
export interface DuckReport {
  type: "ducked";
  on: boolean;
}

/** Worker to capture. */
export type CaptureCommand =
  /** Whether frames are wanted at all; none is made, and nobody is ducked, before the first of these. */
  | { type: "listen"; on: boolean }
  /** Another session: a recording begins anew, header included. Frames without a header have nothing to begin. */
  | { type: "anew" };

/** Capture to worker: one frame, transferred: 20 ms of 16-bit PCM at 16 kHz mono, or a piece of a recording. */
export type CaptureFrame = ArrayBuffer;

/** Capture to playback, past every thread that may be busy: the guest has begun to make a sound. */
export interface Onset {
  type: "onset";
}

/** How the frames of a capture are coded. */
export type CaptureEncoding = "pcm_s16le" | "webm" | "ogg";

export const MICROPHONE_RATE = 16_000;
export const FRAME_MS = 20;

/** The page hands a worklet its ends of two ports in the first message of the node's own port. */
export interface Attach {
  /** To the connection worker. */
  port: MessagePort;
  /** To the other worklet. */
  onset: MessagePort;
}
