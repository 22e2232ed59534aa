/** What crosses between the page's thread and the connection worker. */
import type { ClientMessage, ServerMessage } from "../wire/messages.ts";

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

/** Page to worker. */
export type WorkerCommand =
  /** First message. `playback` is joined to the playback worklet, whose samples are at `sampleRate`. */
  | { type: "open"; url: string; healthUrl: string; language: string; playback: MessagePort; sampleRate: number }
  /** A microphone; the port is joined to a capture worklet. */
  | { type: "microphone"; capture: MessagePort }
  | { type: "microphone_off" }
  /** Said to the server as soon as the connection is open. */
  | { type: "send"; message: ClientMessage }
  /** A recording of an answer that the server has no audio for, at the device's rate. */
  | { type: "clip"; turn: number; samples: Float32Array }
  /** Silence Sandra here and at the server. */
  | { type: "interrupt" }
  /** The language that a new session starts with. */
  | { type: "language"; language: string }
  /** The device's output latency, ms. */
  | { type: "latency"; ms: number }
  /** Try again now. */
  | { type: "reconnect" }
  | { type: "close" };

/** Worker to page. */
export type WorkerEvent =
  | { type: "link"; status: LinkStatus }
  | { type: "server"; message: ServerMessage }
  /** Where the ear is in a turn's audio. */
  | { type: "voice"; turn: number; event: "started" | "progress" | "stopped"; heardMs: number };
