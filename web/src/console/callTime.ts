/** Where the parts of a call lie in time. Pure. */
import type { CallDetail, CallTurn, Caption } from "./shapes.ts";

export interface Stretch {
  turn: number;
  /** Where the answer's sound begins, in ms from the call's beginning. */
  startMs: number;
  ms: number;
  /** Of the call, 0 to 100. */
  left: number;
  width: number;
  interrupted: boolean;
  answered: boolean;
}

const NARROWEST = 0.6;

/** Each answer as a stretch of the call. */
export function stretches(call: CallDetail): Stretch[] {
  const placed = call.turns.map((turn) => ({ turn, startMs: startMs(turn, call), ms: soundMs(turn) }));
  const whole = lengthMs(call);
  return placed.map(({ turn, startMs, ms }) => {
    const width = Math.max(NARROWEST, (ms / whole) * 100);
    const left = Math.min((startMs / whole) * 100, 100 - width);
    const { interrupted, answered } = turn;
    return { turn: turn.turn, startMs, ms, left, width, interrupted: interrupted !== null, answered };
  });
}

/** From the call's beginning to its end; of one that goes on, to the end of its last answer. At least 1. */
export function lengthMs(call: CallDetail): number {
  const answered = call.turns.map((turn) => startMs(turn, call) + soundMs(turn));
  return Math.max(call.live ? 1 : call.seconds * 1000, ...answered, 1);
}

function startMs(turn: CallTurn, call: CallDetail): number {
  return Math.max(0, Date.parse(turn.at) - Date.parse(call.started_at) + (turn.voice_to_voice_ms ?? 0));
}

/** Length of an answer's sound as far as it is known. */
export function soundMs(turn: CallTurn): number {
  return turn.audio_ms ?? turn.captions.at(-1)?.end_ms ?? 0;
}

export interface Word extends Caption {
  heard: boolean;
}

export interface Hearing {
  words: readonly Word[];
  /** Up to where the answer was heard, in ms. */
  heardMs: number;
  wholeMs: number;
}

/** Which words of an answer reached the guest's ear. */
export function hearing(turn: CallTurn): Hearing {
  const wholeMs = soundMs(turn);
  if (turn.interrupted === null) {
    return { words: turn.captions.map((caption) => ({ ...caption, heard: true })), heardMs: wholeMs, wholeMs };
  }
  const heard = countWords(turn.heard_text ?? "");
  let told = 0;
  let heardMs = 0;
  const words = turn.captions.map((caption) => {
    told += countWords(caption.text);
    const reached = told <= heard;
    if (reached) heardMs = caption.end_ms;
    return { ...caption, heard: reached };
  });
  return { words, heardMs, wholeMs: Math.max(wholeMs, heardMs) };
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== "").length;
}
