/**
 * The conversation as the page knows it: a pure reducer over what the connection, the voice and the guest did.
 *
 * Nothing here reads a clock, a device or the document.
 */
import type { Caption } from "./captions.ts";
import type { EndReason, LinkStatus, Told, WorkerEvent } from "./connection/pageMessages.ts";
import { cutShort } from "./cutShort.ts";
import { type Language, languageOf } from "./language.ts";
import type { MicrophoneFailure } from "./microphone.ts";
import type { MicrophoneChoice } from "./microphones.ts";
import { followServer } from "./serverMessages.ts";
import type { ServerMessage } from "./wire/messages.ts";

/** What the guest is told is going on. */
export type Phase = "idle" | "connecting" | "listening" | "thinking" | "speaking" | "reconnecting" | "offline";

export type MicrophoneState =
  { state: "off" } | { state: "asking" } | { state: "on" } | { state: "refused"; failure: MicrophoneFailure };

/** Who ends the guest's turns: the server, from pauses, or the guest, who holds a button while talking. */
export type TurnMode = "auto" | "manual";

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
  /** What can be chosen from; labels come once a microphone has been allowed. */
  microphones: readonly MicrophoneChoice[];
  /** The microphone is open and hears nothing. */
  muted: boolean;
  turnMode: TurnMode;
  /** In manual mode: the guest holds the button. */
  holding: boolean;
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
  /** Turn that a stand-in is giving its voice to: a recording, or the browser's own speech. */
  standingIn: number | null;
  /** A recording of no turn sounds. */
  reciting: boolean;
  /** The browser keeps the page silent until the guest asks for sound. */
  soundBlocked: boolean;
  /** She is played more quietly, since the guest may be interrupting. */
  ducked: boolean;
  /** The link is poor: sound goes compressed, and some of the guest's may be lost. */
  slowLink: boolean;
  /** What the guest said and a poor link has lost, in this session, ms. */
  droppedMs: number;
  /** Another tab of this browser has the voice. */
  elsewhere: boolean;
  problem: Problem | null;
}

export type Action =
  | { type: "link"; status: LinkStatus }
  | Extract<WorkerEvent, { type: "voice" | "clip" | "ducked" | "quality" }>
  | { type: "server"; message: ServerMessage; told?: Told }
  | { type: "microphone"; microphone: MicrophoneState }
  | { type: "microphones"; microphones: readonly MicrophoneChoice[] }
  | { type: "muted"; on: boolean }
  | { type: "turn_mode"; mode: TurnMode }
  | { type: "holding"; on: boolean }
  | { type: "elsewhere"; on: boolean }
  /** `missing`: nothing was heard of that answer. */
  | { type: "stood_in"; turn: number; missing: boolean }
  | { type: "typed"; text: string }
  | { type: "language"; language: Language }
  | { type: "sound"; blocked: boolean }
  | { type: "problem"; problem: Problem | null }
  | { type: "cleared" };

export function initialState(language: Language): State {
  return {
    link: { state: "never" },
    microphone: { state: "off" },
    microphones: [],
    muted: false,
    turnMode: "auto",
    holding: false,
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
    standingIn: null,
    reciting: false,
    soundBlocked: false,
    ducked: false,
    slowLink: false,
    droppedMs: 0,
    elsewhere: false,
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
      if (isSpeaking(state)) return "speaking";
      if (state.awaiting !== null || state.standingIn !== null) return "thinking";
      if (state.microphone.state === "asking") return "connecting";
      return state.microphone.state === "on" ? "listening" : "idle";
  }
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "link":
      return followLink(state, action.status);
    case "server":
      return followServer(state, action.message, action.told ?? "now");
    case "voice":
      return followVoice(state, action);
    case "microphone":
      return followMicrophone(state, action.microphone);
    case "microphones":
      return { ...state, microphones: action.microphones };
    case "muted":
      return { ...state, muted: action.on };
    case "turn_mode":
      return { ...state, turnMode: action.mode, holding: false };
    case "holding":
      return { ...state, holding: action.on };
    case "ducked":
      return { ...state, ducked: action.on };
    case "quality":
      return { ...state, slowLink: action.slow, droppedMs: action.droppedMs };
    case "elsewhere":
      return { ...state, elsewhere: action.on };
    case "stood_in":
      return endStandIn(state, action);
    case "clip":
      return action.turn === null ? { ...state, reciting: action.event === "started" } : state;
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

/** Whether her voice is heard. */
export function isSpeaking({ speaking, reciting }: State): boolean {
  return speaking !== null || reciting;
}

/** Whether she speaks, is about to, or listens to the guest. */
export function isBusy(state: State): boolean {
  return isSpeaking(state) || state.standingIn !== null || state.awaiting !== null || state.guestSpeaks;
}

/** Whether none of her voice is heard, nor on its way. */
export function isQuiet(state: State): boolean {
  const sounds = ({ session, answer }: Turn): boolean =>
    session === state.session && (answer?.voice === "coming" || answer?.voice === "playing");
  return !isSpeaking(state) && !state.turns.some(sounds);
}

/** Whether what the microphone hears is for the server. */
export function isHeard(state: State): boolean {
  return state.microphone.state === "on" && (state.turnMode === "auto" || state.holding);
}

/** An answer that nothing was heard of stands there to be read. */
function endStandIn(state: State, { turn: number, missing }: Extract<Action, { type: "stood_in" }>): State {
  const turns = state.turns.map((turn) => {
    if (turn.session !== state.session || turn.turn !== number || turn.answer === null) return turn;
    return { ...turn, answer: { ...turn.answer, voice: missing ? "none" : "over" } satisfies Answer };
  });
  return { ...state, turns, standingIn: state.standingIn === number ? null : state.standingIn };
}

/** A microphone that is closed is neither muted nor held: the next one begins afresh. */
function followMicrophone(state: State, microphone: MicrophoneState): State {
  const open = microphone.state === "on" || microphone.state === "asking";
  return open ? { ...state, microphone } : { ...state, microphone, muted: false, holding: false };
}

/** Sound that could not start is no matter of the connection: one that comes changes nothing about it. */
export function soundless({ problem }: State): Problem | null {
  return problem?.kind === "audio" ? problem : null;
}

function followLink(state: State, link: LinkStatus): State {
  switch (link.state) {
    case "open":
      return { ...state, link };
    case "reconnecting":
      // The session may go on: her voice plays on what has come, and what is awaited may still come.
      return { ...state, link, guestSpeaks: false };
    case "connecting":
      return { ...cutShort(state), link, problem: soundless(state) };
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
