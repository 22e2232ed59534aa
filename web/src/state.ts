/**
 * The conversation as the page knows it: a pure reducer over what the connection, the voice and the guest did.
 *
 * Nothing here reads a clock, a device or the document.
 */
import type { Caption } from "./captions.ts";
import type { EndReason, LinkStatus, WorkerEvent } from "./connection/pageMessages.ts";
import { cutShort } from "./cutShort.ts";
import { type Language, languageOf } from "./language.ts";
import type { MicrophoneFailure } from "./microphone.ts";
import { followServer } from "./serverMessages.ts";
import type { ServerMessage } from "./wire/messages.ts";

/** What the guest is told is going on. */
export type Phase = "idle" | "connecting" | "listening" | "thinking" | "speaking" | "reconnecting" | "offline";

export type MicrophoneState =
  { state: "off" } | { state: "asking" } | { state: "on" } | { state: "refused"; failure: MicrophoneFailure };

/** Sandra's answer to a turn. */
export interface Answer {
  text: string;
  captions: readonly Caption[];
  /** What of its audio has reached the ear, ms. */
  heardMs: number;
  /** `none` until audio is announced. */
  voice: "none" | "coming" | "playing" | "over";
  status: "coming" | "complete" | "interrupted";
}

/** One turn: what the guest said and what was answered. A greeting has no guest's part. */
export interface Turn {
  /** Unique in the page: turns count from 1 again in each session. */
  key: string;
  session: number;
  turn: number;
  /** What was spoken when the turn began. */
  language: Language;
  guest: { text: string; final: boolean } | null;
  answer: Answer | null;
}

/** Something that the guest has to know. */
export type Problem =
  | { kind: "ended"; reason: Exclude<EndReason, "closed"> }
  | { kind: "full"; retryAfterSeconds: number }
  | { kind: "server"; code: string; message: string }
  /** A connection was lost and the server gave a new session. */
  | { kind: "new_session" }
  | { kind: "audio" }
  | { kind: "clear_failed" };

export interface State {
  link: LinkStatus | { state: "never" };
  microphone: MicrophoneState;
  language: Language;
  /** Sessions so far; 0 before the first. */
  session: number;
  sessionId: string | null;
  disclosure: string | null;
  /** Language of the disclosure. */
  disclosureLanguage: string | null;
  turns: readonly Turn[];
  /** Typed messages that the server has not taken yet. */
  typed: readonly string[];
  /** The guest is heard. */
  guestSpeaks: boolean;
  /** Turn that an answer is awaited for. */
  awaiting: number | null;
  /** Turn whose answer sounds. */
  speaking: number | null;
  /** The browser keeps the page silent until the guest asks for sound. */
  soundBlocked: boolean;
  problem: Problem | null;
}

export type Action =
  | Exclude<WorkerEvent, { type: "server" }>
  | { type: "server"; message: ServerMessage }
  | { type: "microphone"; microphone: MicrophoneState }
  | { type: "typed"; text: string }
  | { type: "language"; language: Language }
  | { type: "sound"; blocked: boolean }
  | { type: "problem"; problem: Problem | null }
  | { type: "cleared" };

export function initialState(language: Language): State {
  return {
    link: { state: "never" },
    microphone: { state: "off" },
    language,
    session: 0,
    sessionId: null,
    disclosure: null,
    disclosureLanguage: null,
    turns: [],
    typed: [],
    guestSpeaks: false,
    awaiting: null,
    speaking: null,
    soundBlocked: false,
    problem: null,
  };
}

/** What is going on, for the guest. */
export function phaseOf(state: State): Phase {
  switch (state.link.state) {
    case "never":
      return state.microphone.state === "asking" || state.microphone.state === "on" ? "connecting" : "idle";
    case "connecting":
      return "connecting";
    case "reconnecting":
      return "reconnecting";
    case "full":
      return "offline";
    case "closed":
      return state.link.reason === "unreachable" || state.link.reason === "refused" ? "offline" : "idle";
    case "open":
      if (state.speaking !== null) return "speaking";
      if (state.awaiting !== null) return "thinking";
      if (state.microphone.state === "asking") return "connecting";
      return state.microphone.state === "on" ? "listening" : "idle";
  }
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "link":
      return followLink(state, action.status);
    case "server":
      return followServer(state, action.message);
    case "voice":
      return followVoice(state, action);
    case "microphone":
      return { ...state, microphone: action.microphone };
    case "typed":
      return { ...state, typed: [...state.typed, action.text], problem: null };
    case "language":
      return { ...state, language: languageOf(action.language) ?? state.language };
    case "sound":
      return { ...state, soundBlocked: action.blocked };
    case "problem":
      return { ...state, problem: action.problem };
    case "cleared":
      return { ...state, turns: [], typed: [] };
  }
}

function followLink(state: State, link: LinkStatus): State {
  switch (link.state) {
    case "open":
      return { ...state, link };
    case "reconnecting":
      // The session may go on: her voice plays on what has come, and what is awaited may still come.
      return { ...state, link, guestSpeaks: false };
    case "connecting":
      return { ...cutShort(state), link, problem: null };
    case "full": {
      const problem: Problem = { kind: "full", retryAfterSeconds: link.retryAfterSeconds };
      return { ...cutShort(state), link, typed: [], problem };
    }
    case "closed": {
      const problem: Problem | null = link.reason === "closed" ? null : { kind: "ended", reason: link.reason };
      return { ...cutShort(state), link, typed: [], problem };
    }
  }
}

function followVoice(state: State, event: Extract<WorkerEvent, { type: "voice" }>): State {
  const over = event.event === "stopped";
  const turns = state.turns.map((turn) => {
    if (turn.session !== state.session || turn.turn !== event.turn || turn.answer === null) return turn;
    const voice = over || turn.answer.voice === "over" ? "over" : "playing";
    return { ...turn, answer: { ...turn.answer, heardMs: event.heardMs, voice } satisfies Answer };
  });
  if (over) return { ...state, turns, speaking: state.speaking === event.turn ? null : state.speaking };
  const sounds = state.link.state === "open" || state.link.state === "reconnecting";
  const awaiting = state.awaiting === event.turn ? null : state.awaiting;
  return { ...state, turns, awaiting, speaking: sounds ? event.turn : null };
}
