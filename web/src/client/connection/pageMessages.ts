/** What crosses between the page's thread and the connection worker. */
import type { CaptureEncoding } from "../audio/ports.ts";
import type { ClientMessage, Consent, ServerMessage } from "../wire/messages.ts";

/** Why the connection is gone and will not be tried again by itself. */
export type EndReason = "closed" | "idle" | "session_over" | "budget_spent" | "replaced" | "refused" | "unreachable";

/** The connection, as the guest needs to know it. */
export type LinkStatus =
  | { state: "closed"; reason: EndReason }
  /** The server takes no more guests; worth another try after the seconds given. */
  | { state: "full"; retryAfterSeconds: number }
  | { state: "connecting" }
  | { state: "open" }
  /** Lost; the next attempt is this number, counted from 1. */
  | { state: "reconnecting"; attempt: number };

/** What a session starts with. */
export interface SessionSettings {
  language: string;
  turnMode: "auto" | "manual";
  /** What the guest said to the notice; null before that. */
  consent: Consent | null;
}

/** What a page that is loaded anew needs to go on with the session of the one before. */
export interface Resumable {
  sessionId: string;
  resumeToken: string;
}

/** First message to the worker: where the server is, and the ways to the two ends of the sound. */
export interface SetUp {
  type: "set_up";
  url: string;
  healthUrl: string;
  /** Whether the page is to be asked for a token before each attempt to connect. */
  asksForTokens: boolean;
  /** Name of an owner's trial to talk with; null for guests. */
  trial: string | null;
  settings: SessionSettings;
  /** A session to go on with; it is not replaced by a new one if that cannot be. */
  resume: Resumable | null;
  capture: MessagePort;
  playback: MessagePort;
  /** Of the playback, Hz. */
  sampleRate: number;
}

/** Page to worker. */
export type WorkerCommand =
  | SetUp
  /**
   * Connect now, unless a connection is there or on its way; `wanted` by the guest, or only to go on with the session
   * that another page has left. The `asked`-th of these commands.
   */
  | { type: "connect"; wanted: boolean; asked: number }
  /** How the capture's frames are coded; told before the first `listen`. */
  | { type: "encoding"; encoding: CaptureEncoding }
  /** Whether what the microphone hears is for the server. */
  | { type: "listen"; on: boolean }
  /** The guest has finished talking: nothing more is heard, and what was said is answered. */
  | { type: "release" }
  | { type: "settings"; settings: SessionSettings }
  /** Answers `token_wanted`; `failed` counts as an attempt that did not succeed. */
  | { type: "token"; token: string | null; failed: boolean }
  /** Said to the server as soon as the connection is open. */
  | { type: "send"; message: ClientMessage }
  /** A recording, at the device's rate: of an answer that the server has no audio for, or of no turn. */
  | { type: "clip"; number: number; turn: number | null; samples: Float32Array }
  /** Silence Sandra here and at the server. */
  | { type: "interrupt" }
  /** The device's output latency, ms. */
  | { type: "latency"; ms: number }
  /** End the conversation; another may begin. */
  | { type: "close" }
  /** The same for good: the worker ends. */
  | { type: "end" };

/**
 * How a message comes: as the server tells it; to this page alone, which was not connected then; or a page of this tab
 * was told before, which has given it its voice.
 */
export type Told = "now" | "late" | "before";

/** Worker to page. */
export type WorkerEvent =
  /** `asked`: of how many commands to connect was known then. */
  | { type: "link"; status: LinkStatus; asked: number }
  | { type: "server"; message: ServerMessage; told: Told }
  /** Where the ear is in a turn's audio. */
  | { type: "voice"; turn: number; event: "started" | "progress" | "stopped"; heardMs: number }
  /** The recording of that number sounds, has been played to its end, or was cut. */
  | { type: "clip"; number: number; turn: number | null; event: "started" | "played" | "cut" }
  /** She is played more quietly. */
  | { type: "ducked"; on: boolean }
  /** How good the link is. */
  | { type: "quality"; slow: boolean; droppedMs: number }
  | { type: "token_wanted" }
  /** What another page needs to go on with this session; null when there is none to go on with. */
  | { type: "resumable"; resume: Resumable | null };
