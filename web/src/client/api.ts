/** What crosses the border of the library, beside the state. */
import type { Language } from "./language.ts";
import type { Phase } from "./state.ts";
import type { Consent, Stage } from "./wire/messages.ts";

export type { Consent } from "./wire/messages.ts";

/** What `getStatus` tells. */
export interface Status {
  phase: Phase;
  connected: boolean;
  /** The microphone is open. */
  listening: boolean;
  language: Language;
  sessionId: string | null;
}

/** How long the guest waited for an answer. */
export interface LatencyReport {
  turn: number;
  /** From the guest's last sound to Sandra's first, ms. */
  totalMs: number;
  /** Whether it reaches to what the guest heard; else to what was sent. */
  heard: boolean;
  /** The waits that it consists of, in order. */
  stages: readonly Stage[];
  /** The stage that took the most over what it usually takes. */
  slowest: Stage["name"] | null;
}

/** Where a client finds its server and its own files, and what it may do. */
export interface ClientOptions {
  /** `ws:` or `wss:` address of the stream. */
  url: string;
  /** Answers 503 with `Retry-After` when the server is full. */
  healthUrl: string;
  /** Folder of `worker.js`, `capture.js` and `playback.js`; of the page's own origin. */
  base: string;
  language: Language;
  /** What the guest said to the notice; sent when a session starts. */
  consent?: Consent;
  /** Gives a session token before each attempt to connect; null connects without one. */
  token?: () => Promise<string | null>;
  /** Name of an owner's trial to talk with; such a client neither goes on with the tab's session nor leaves one. */
  trial?: string;
  /** Whether the browser's own speech may say what the server has neither audio nor a recording for; no by default. */
  browserSpeech?: boolean;
  /** Where recordings are asked for; `../api/clips` from the stream by default. */
  clipsUrl?: string;
}

/** Why a call of the client was refused. */
export type RefusalCode =
  /** Another tab of this browser has the voice; `takeOver` takes it. */
  | "elsewhere"
  /** There is no conversation with the server. */
  | "not_connected"
  /** The server did not answer in time. */
  | "no_answer"
  /** The connection was lost before the answer came. */
  | "connection_lost"
  /** Not all that was kept could be erased. */
  | "erase_failed";

/** A call that came to nothing; the message says what to do next. */
export class ClientError extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.name = "ClientError";
    this.code = code;
  }
}
