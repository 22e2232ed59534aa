import type { State, Turn } from "./state.ts";

/** The conversation whose session is gone: nothing is awaited, and what was not finished will not be. */
export function cutShort(state: State): State {
  return {
    ...state,
    guestSpeaks: false,
    awaiting: null,
    speaking: null,
    standingIn: null,
    turns: state.turns.filter((turn) => turn.answer !== null || turn.guest?.final === true).map(cut),
  };
}

function cut(turn: Turn): Turn {
  const { answer } = turn;
  if (answer === null) return turn;
  const whole = answer.status !== "coming" && (answer.voice === "none" || answer.voice === "over");
  return whole ? turn : { ...turn, answer: { ...answer, status: "interrupted", voice: "over" } };
}
