import { cutShort } from "./cutShort.ts";
import { languageOf } from "./language.ts";
import type { Told } from "./connection/pageMessages.ts";
import { type Answer, soundless, type State, type Turn } from "./state.ts";
import type {
  AudioEndMessage,
  InterruptedMessage,
  PlayVoiceMessage,
  ReadyMessage,
  ServerMessage,
  TranscriptionMessage,
} from "./wire/messages.ts";

/** The newest that a page keeps, about a quarter of an hour: `getHistory` has them all, at the server. */
export const MOST_TURNS = 100;

const NO_ANSWER: Answer = { text: "", captions: [], heardMs: 0, voice: "none", status: "coming" };

/**
 * What a message of the server changes in the conversation; most of what it does not name changes nothing.
 *
 * @param told how it comes: no audio follows what is of the past.
 */
export function followServer(state: State, message: ServerMessage, told: Told): State {
  switch (message.type) {
    case "ready":
      return welcome(state, message);
    case "speech_started":
      return { ...withoutUnanswered(state, message.turn), guestSpeaks: true };
    case "speech_stopped":
      return { ...state, guestSpeaks: false };
    case "transcription":
      return hear(state, message);
    case "response_chunk":
      return answer(state, message.turn, (was) => ({ ...was, text: was.text + message.text }));
    case "audio_start":
      // A voice that goes on after a resume has never stopped for the guest.
      return answer(state, message.turn, (was) => ({ ...was, voice: was.voice === "playing" ? "playing" : "coming" }));
    case "caption": {
      const caption = { text: message.text, startMs: message.start_ms, endMs: message.end_ms };
      return answer(state, message.turn, (was) => ({ ...was, captions: [...was.captions, caption] }));
    }
    case "audio_end":
      return told === "now" ? state : heardBefore(state, message);
    case "response_complete":
      return answer(state, message.turn, (was) => ({ ...was, text: message.text, status: "complete" }));
    case "play_voice":
      return told === "before" ? stoodInBefore(state, message) : standIn(state, message);
    case "interrupted":
      return cut(state, message);
    case "language":
      return { ...state, language: languageOf(message.language) ?? state.language };
    case "history_cleared":
    case "data_erased":
      return { ...state, turns: [], typed: [] };
    case "error":
      return {
        ...(message.code === "not_understood" ? withoutUnanswered(state, Infinity) : state),
        guestSpeaks: false,
        awaiting: message.turn !== null && message.turn === state.awaiting ? null : state.awaiting,
        problem: { kind: "server", code: message.code, message: message.message },
      };
    case "rate_limited":
      return { ...state, problem: { kind: "server", code: "rate_limited", message: message.message } };
    default:
      return state;
  }
}

function welcome(state: State, message: ReadyMessage): State {
  return {
    ...cutShort(state),
    session: state.session + 1,
    sessionId: message.session_id,
    disclosure: message.disclosure,
    disclosureLanguage: message.language,
    // Sandra does not know what the guest still sees.
    problem: state.turns.length > 0 ? { kind: "new_session" } : soundless(state),
  };
}

function hear(state: State, message: TranscriptionMessage): State {
  const heard = change(state, message.turn, (turn) =>
    // A late interim result must not undo the final one.
    turn.guest?.final === true ? turn : { ...turn, guest: guestOf(message) },
  );
  if (!message.final) return heard;
  const typed = state.typed.indexOf(message.text);
  return {
    ...heard,
    guestSpeaks: false,
    awaiting: message.turn,
    typed: typed < 0 ? state.typed : state.typed.filter((_, i) => i !== typed),
    problem: state.problem?.kind === "new_session" ? state.problem : null,
  };
}

/** What the guest said; nothing in a turn that she began, such as her goodbye. */
function guestOf({ text, final }: TranscriptionMessage): Turn["guest"] {
  return final && text === "" ? null : { text, final };
}

/** An answer of which another page has played the voice. */
function heardBefore(state: State, { turn, duration_ms }: AudioEndMessage): State {
  const past = answer(state, turn, (was) =>
    was.voice === "none" ? { ...was, voice: "over", heardMs: duration_ms } : was,
  );
  return { ...past, awaiting: state.awaiting === turn ? null : state.awaiting };
}

/** What is told of the text is what has no audio: the rest where her voice failed in the middle, and no news here. */
function standIn(state: State, { turn, text }: PlayVoiceMessage): State {
  const known = answer(state, turn, (was) => (was.text === "" ? { ...was, text } : was));
  return { ...known, awaiting: null, standingIn: turn };
}

/** Another page has stood in for this one. */
function stoodInBefore(state: State, message: PlayVoiceMessage): State {
  const known = { ...standIn(state, message), standingIn: state.standingIn };
  return answer(known, message.turn, (was) => ({ ...was, voice: "over" }));
}

function cut(state: State, message: InterruptedMessage): State {
  const turn = find(state, message.turn);
  const rest = {
    awaiting: state.awaiting === message.turn ? null : state.awaiting,
    speaking: state.speaking === message.turn ? null : state.speaking,
    standingIn: state.standingIn === message.turn ? null : state.standingIn,
  };
  if (turn?.answer == null) return { ...state, ...rest };
  const shortened = answer(state, message.turn, (was) => ({
    ...was,
    text: message.heard_text,
    status: "interrupted",
    voice: "over",
  }));
  return { ...shortened, ...rest };
}

/** Guests' parts that will not be answered (a cough, words that came to nothing) leave when a newer turn begins. */
function withoutUnanswered(state: State, before: number): State {
  const stays = (turn: Turn): boolean =>
    turn.answer !== null || turn.guest?.final !== false || turn.session !== state.session || turn.turn >= before;
  return { ...state, turns: state.turns.filter(stays) };
}

function answer(state: State, number: number, make: (was: Answer) => Answer): State {
  return change(state, number, (turn) =>
    // Nothing of an interrupted answer follows; what does is stale.
    turn.answer?.status === "interrupted" ? turn : { ...turn, answer: make(turn.answer ?? NO_ANSWER) },
  );
}

function find(state: State, number: number): Turn | undefined {
  return state.turns.find((turn) => turn.session === state.session && turn.turn === number);
}

/** Changes a turn, or inserts it where its number belongs. */
function change(state: State, number: number, make: (turn: Turn) => Turn): State {
  const was = find(state, number);
  if (was !== undefined) return { ...state, turns: state.turns.map((turn) => (turn === was ? make(turn) : turn)) };
  const key = `${state.session}-${number}`;
  const { session, language } = state;
  const fresh = make({ key, session, turn: number, language, guest: null, answer: null });
  const later = state.turns.findIndex((turn) => turn.session === state.session && turn.turn > number);
  const at = later < 0 ? state.turns.length : later;
  return { ...state, turns: [...state.turns.slice(0, at), fresh, ...state.turns.slice(at)].slice(-MOST_TURNS) };
}
