/** Which words the audio between two positions says, ms from the start of the turn's audio. */
export interface Caption {
  text: string;
  startMs: number;
  endMs: number;
}

/** A place in an answer's text: what was heard ends at `heard`, the words being said now end at `now`. */
export interface Reading {
  heard: number;
  now: number;
}

/**
 * Where the ear is in the text of an answer.
 *
 * Captions are looked up in the text one after another. One that is not there word for word (a number that was spoken
 * out) still holds its place: the next one found goes on behind it.
 */
export function readingAt(text: string, captions: readonly Caption[], heardMs: number): Reading {
  let cursor = 0;
  const reading: Reading = { heard: 0, now: 0 };
  for (const caption of captions) {
    const words = caption.text.trim();
    const found = words === "" ? -1 : text.indexOf(words, cursor);
    if (found >= 0) cursor = found + words.length;
    if (caption.endMs <= heardMs) {
      reading.heard = cursor;
      reading.now = cursor;
    } else if (caption.startMs <= heardMs) reading.now = cursor;
  }
  return reading;
}
