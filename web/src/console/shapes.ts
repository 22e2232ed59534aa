/** What the console's API answers; ms, US dollars and ISO-8601 times in UTC throughout. */

export interface CallSummary {
  session: string;
  started_at: string;
  ended_at: string | null;
  live: boolean;
  language: string;
  voice: string;
  turns: number;
  seconds: number;
  dollars: number;
  end_reason: string | null;
  slowest_stage: string | null;
  /** p50 of the call's turns. */
  voice_to_voice_ms: number | null;
  first_words: string;
  /** Questions that were not answered. */
  unanswered: number;
  /** Whether its words are still there; false after their retention. */
  words_kept: boolean;
}

export interface CallPage {
  calls: readonly CallSummary[];
  /** Cursor of the page before; null at the first call ever. */
  next: string | null;
}

export interface Caption {
  text: string;
  start_ms: number;
  end_ms: number;
}

export interface StageTime {
  name: string;
  start_ms: number;
  ms: number;
}

export interface CallTurn {
  turn: number;
  at: string;
  language: string;
  question: string;
  answer: string;
  heard_text: string | null;
  interrupted: string | null;
  response_type: string;
  answered: boolean;
  captions: readonly Caption[];
  /** Length of the answer's sound; null where none was made. */
  audio_ms: number | null;
  speculated: boolean;
  stages: readonly StageTime[];
  slow_stage: string | null;
  voice_to_voice_ms: number | null;
  usage: Usage;
  cost: Cost;
}

export interface Usage {
  stt_ms: number;
  llm_input_tokens: number;
  llm_cached_tokens: number;
  llm_output_tokens: number;
  tts_chars: number;
  tts_cached_chars: number;
}

export interface Cost {
  stt: number;
  llm: number;
  tts: number;
  total: number;
}

/** A call with all of its turns in the place of their number. */
export interface CallDetail extends Omit<CallSummary, "turns"> {
  consent: { version: string; given: boolean; at: string } | null;
  turns: readonly CallTurn[];
}

export interface Percentiles {
  p50: number | null;
  p95: number | null;
}

export interface LatencyDay extends Percentiles {
  turns: number;
  p99: number | null;
  stages: Readonly<Record<string, Percentiles>>;
}

export interface Latency {
  days: readonly (LatencyDay & { day: string })[];
  overall: LatencyDay;
}

export interface CostDay {
  day: string;
  calls: number;
  minutes: number;
  dollars: number;
  stt: number;
  llm: number;
  tts: number;
  /** Part of the characters said that came from the voice library, 0 to 1. */
  library_share: number;
}

export interface Cap {
  cap: string;
  /** Null for no limit. */
  limit: number | null;
  /** Today's; null for the caps of a turn or a call. */
  used: number | null;
}

export interface Costs {
  days: readonly CostDay[];
  caps: readonly Cap[];
  a_minute: number;
}

export interface Rung {
  engine: string;
  /** Of its breaker: `open` is not asked now. */
  state: "closed" | "half_open" | "open";
  in_use: boolean;
}

export interface Engines {
  mode: string;
  ladders: Readonly<Record<string, readonly Rung[]>>;
  ready: boolean;
  degraded: boolean;
  sessions: number;
  places: number;
  missing: readonly string[];
  store_failing: boolean;
  store_waiting: number;
}

export interface LibraryUse {
  language: string;
  /** Of the characters said, 0 to 1. */
  share: number;
  chars: number;
  library_chars: number;
  work_saved_s: number;
  wait_saved_ms: number;
}

export interface Library {
  enabled: boolean;
  share: number;
  /** First day counted; empty where nothing was. */
  since: string;
  clips: number;
  bytes: number;
  limit_bytes: number;
  uses: readonly LibraryUse[];
  shelves: readonly { tier: string; language: string; category: string; clips: number; seconds: number }[];
  suggestions: readonly { text: string; language: string; said: number }[];
}

/** Who looks: the owner of one tenant, or the operator (null). */
export interface Viewer {
  tenant: string | null;
}

export interface Gap {
  question: string;
  language: string;
  times: number;
  last_at: string;
  session: string;
  turn: number;
  answer: string;
}

export interface Gaps {
  gaps: readonly Gap[];
}
