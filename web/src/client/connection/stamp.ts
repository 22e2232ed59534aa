/** The eight bytes before the samples of a binary frame, as `start.audio.framing: "stamped"` asks for them. */

const VERSION = 1;
const BYTES = 8;
/** Number of the guest's own stream. */
const MICROPHONE = 0;

/** A frame of Sandra's voice, taken apart. */
export interface Stamped {
  /** As `audio_start.stream` announced it. */
  stream: number;
  payload: ArrayBuffer;
}

/**
 * A frame of the microphone with its stamp.
 *
 * @param position of the first sample; a jump tells that what is between was dropped.
 */
export function stamp(payload: ArrayBuffer, position: number): ArrayBuffer {
  const frame = new Uint8Array(BYTES + payload.byteLength);
  const view = new DataView(frame.buffer);
  view.setUint8(0, VERSION);
  view.setUint16(2, MICROPHONE);
  view.setUint32(4, position % 2 ** 32);
  frame.set(new Uint8Array(payload), BYTES);
  return frame.buffer;
}

/** Takes a frame apart; null for one that cannot be read. */
export function unstamp(frame: ArrayBuffer): Stamped | null {
  if (frame.byteLength < BYTES) return null;
  const view = new DataView(frame);
  if (view.getUint8(0) !== VERSION) return null;
  return { stream: view.getUint16(2), payload: frame.slice(BYTES) };
}
