// Generated from enterprise_stream.wire.messages; do not edit.

export const PROTOCOL_VERSION = 1;
export const SUBPROTOCOL = "enterprise-stream.v1";

/** Why the server closed the connection. */
export const CLOSE_CODES = {
  /** Normal end. */
  NORMAL: 1000,
  /** This node is leaving; reconnect with `resume`. */
  GOING_AWAY: 1001,
  /** Policy: no or bad token, wrong origin, forbidden, or audio more than 60 s ahead of real time. */
  POLICY: 1008,
  /** A text frame above 64 KiB or a binary frame above 1 MiB. */
  TOO_BIG: 1009,
  /** A fault of the server. */
  INTERNAL: 1011,
  /** The server is restarting; reconnect with `resume`. */
  RESTARTING: 1012,
  /** The server is full; try again later. */
  TRY_AGAIN_LATER: 1013,
  /** Nothing was heard or typed for too long. */
  IDLE: 4000,
  /** The session's time is over. */
  SESSION_OVER: 4001,
  /** The session's budget is spent. */
  BUDGET_SPENT: 4002,
  /** Replaced by a connection that resumed the session. */
  REPLACED: 4003,
} as const;

/** The voice has said it all. */
export interface AudioEndMessage {
  type: "audio_end";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** Length of the turn's audio in ms. */
  duration_ms: number;
}

/** Formats of the binary frames, both ways. */
export interface AudioSettings {
  /** The microphone's format. */
  input?: InputAudio | null;
  /** The answer's format. */
  output?: OutputAudio | null;
  /** `bare` samples, or `stamped` with 8 bytes before them, both ways. */
  framing?: "bare" | "stamped" | null;
}

/** Formats of the binary frames, both ways. */
export interface AudioSettingsInForce {
  /** The microphone's format. */
  input: InputAudioInForce | null;
  /** The answer's format. */
  output: OutputAudioInForce | null;
  /** `bare` samples, or `stamped` with 8 bytes before them, both ways. */
  framing: "bare" | "stamped" | null;
}

/** The voice begins: the binary frames until `audio_end` or `interrupted` are this turn's audio. */
export interface AudioStartMessage {
  type: "audio_start";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** Number of the stream, as stamped frames carry it. */
  stream: number;
  /** Encoding of the frames. */
  encoding: "pcm_s16le" | "opus" | "mulaw" | "alaw";
  /** Sample rate in Hz. */
  sample_rate: number;
  /** The session's voice, `persona.voice`. */
  voice: string;
  /** Where in the turn's audio it begins; above 0 after a resume. */
  start_ms: number;
}

/** Which words the audio between two positions says. */
export interface CaptionMessage {
  type: "caption";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** The words. */
  text: string;
  /** Where they begin, in ms from the turn's start. */
  start_ms: number;
  /** Where they end, in ms from the turn's start. */
  end_ms: number;
}

/** Forget the conversation so far; answered by `history_cleared`. */
export interface ClearHistoryMessage {
  type: "clear_history";
}

/** What the guest said to the notice that an AI answers and what is kept. */
export interface Consent {
  /** Which notice was shown. */
  version: string;
  /** Whether the guest agreed to it. */
  given: boolean;
}

/**
 * What was paid since the answer before was complete, in US dollars: so they add up to what the call
 * cost.
 */
export interface Cost {
  /** The recogniser. */
  stt: number;
  /** The brain. */
  llm: number;
  /** The voice. */
  tts: number;
  /** All of it. */
  total: number;
}

/** All that was kept of the session is forgotten; answers `erase_data`. */
export interface DataErasedMessage {
  type: "data_erased";
  /** Number of the message; from 1, per session. */
  seq: number;
}

/** The guest may be interrupting: play more quietly until `interrupted` or `on: false`. */
export interface DuckMessage {
  type: "duck";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** Whether to play more quietly. */
  on: boolean;
}

/** Names of the engines that would be asked now; null where none is to be had, or nobody knows. */
export interface EnginesInUse {
  /** The recogniser. */
  stt: string | null;
  /** The brain. */
  llm: string | null;
  /** The voice's engine. */
  tts: string | null;
}

/** Forget the conversation here and wherever it is kept; answered by `data_erased`. */
export interface EraseDataMessage {
  type: "erase_data";
}

/**
 * Stable code of an error; more may be added. `bad_message`: The text frame is not a message of this
 * protocol; it changed nothing. `bad_frame`: The binary frame does not have the framing that `start`
 * asked for; it was dropped. `bad_audio`: The audio cannot be decoded in the input format in force; it
 * was dropped. `unsupported_audio`: The encoding or sample rate asked for is not offered; nothing
 * changed. `audio_too_long`: The guest talked longer than one turn may last; what was heard is
 * answered. `text_too_long`: The typed text is longer than a turn may be; it changed nothing.
 * `unsupported_language`: The language is not one that this server speaks; nothing changed.
 * `rate_limited`: Too many messages in a short time; the message was dropped. `overloaded`: The
 * machine is full; try again in a moment. `engine_failed`: The recogniser, the brain or the voice
 * failed for this turn; the session goes on. `not_understood`: Sound was heard, but no words; say it
 * again. `resume_refused`: The resume token is wrong, used or too old; the new session goes on.
 * `resume_lost`: The session to resume is known, but its log is gone; the new session goes on.
 * `erase_failed`: Not all that was kept could be erased; the conversation is forgotten, ask again.
 * `internal`: A fault of the server; it has been logged.
 */
export type ErrorCode =
  | "bad_message"
  | "bad_frame"
  | "bad_audio"
  | "unsupported_audio"
  | "audio_too_long"
  | "text_too_long"
  | "unsupported_language"
  | "rate_limited"
  | "overloaded"
  | "engine_failed"
  | "not_understood"
  | "resume_refused"
  | "resume_lost"
  | "erase_failed"
  | "internal";

/** Something failed; the message tells the guest or the developer what to do. */
export interface ErrorMessage {
  type: "error";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Stable code. */
  code: ErrorCode;
  /** What happened and what to do next; never a key or a stack trace. */
  message: string;
  /** Whether the same may succeed later. */
  retryable: boolean;
  /** Turn that it concerns; null for none. */
  turn: number | null;
}

/** When an answer's first sound was heard. Moments are on the server's clock, as `pong.at` tells it. */
export interface FirstSound {
  /** When the first audible sample left the loudspeaker, in ms on the server's clock. */
  heard_at: number;
  /** When the first frame of it had arrived, in ms on the server's clock. */
  arrived_at?: number | null;
  /** Shortest recent time from a `ping` to its `pong`, in ms. */
  round_trip_ms?: number | null;
}

/** Ask for the conversation so far; answered by `history`. */
export interface GetHistoryMessage {
  type: "get_history";
}

/** Ask what the session is doing; answered by `status`. */
export interface GetStatusMessage {
  type: "get_status";
}

/** This node is leaving; reconnect with `resume`. */
export interface GoingAwayMessage {
  type: "going_away";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** How long this connection stays open, in ms. */
  grace_ms: number;
  /** Why. */
  reason: string;
}

/** The conversation so far is forgotten; answers `clear_history`. */
export interface HistoryClearedMessage {
  type: "history_cleared";
  /** Number of the message; from 1, per session. */
  seq: number;
}

/** One line of the conversation, as it was said and heard. */
export interface HistoryItem {
  /** Who spoke. */
  role: "user" | "assistant";
  /** What was said; of an interrupted answer only what was heard. */
  text: string;
  /** Turn that it belongs to; null for what answers no turn, such as a greeting. */
  turn: number | null;
  /** Language of the text, ISO 639-1. */
  language: string;
  /** When it was said, in ms since 1970-01-01 UTC. */
  at: number;
  /** Whether the answer was cut short. */
  interrupted: boolean;
}

/** The conversation so far, oldest first; answers `get_history`. */
export interface HistoryMessage {
  type: "history";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** The lines, oldest first. */
  items: HistoryItem[];
}

/** The microphone's format. */
export interface InputAudio {
  /** Encoding; null in `started` while it is to be sniffed from the first bytes. */
  encoding?:
    "pcm_s16le" | "webm" | "ogg" | "wav" | "opus" | "mulaw" | "alaw" | null;
  /** Sample rate in Hz; null where the container or the packets tell it. */
  sample_rate?: number | null;
}

/** The microphone's format. */
export interface InputAudioInForce {
  /** Encoding; null in `started` while it is to be sniffed from the first bytes. */
  encoding:
    "pcm_s16le" | "webm" | "ogg" | "wav" | "opus" | "mulaw" | "alaw" | null;
  /** Sample rate in Hz; null where the container or the packets tell it. */
  sample_rate: number | null;
}

/** Be quiet now. With nothing to interrupt it does nothing. */
export interface InterruptMessage {
  type: "interrupt";
}

/** That answer is over: nothing more of it follows, and the client drops what it has not played. */
export interface InterruptedMessage {
  type: "interrupted";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** The part that was heard; only this stays in the history. */
  heard_text: string;
  /** How much of its audio was heard, in ms. */
  played_ms: number;
  /** Who or what ended it. */
  reason: "barge_in" | "client" | "error";
}

/** The language in force; answers `set_language`, and tells of a switch that the conversation made. */
export interface LanguageMessage {
  type: "language";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** ISO 639-1 code, such as `es` or `en`. */
  language: string;
}

/** Milliseconds from the moment the guest stopped speaking; null for what did not happen (yet). */
export interface Latency {
  /** The turn was judged to be over. */
  endpoint: number | null;
  /** The final transcription was known. */
  transcript: number | null;
  /** The first of the answer's text was known. */
  first_text: number | null;
  /** The first of the answer's audio was sent. */
  first_audio: number | null;
  /** Whether work begun before the end of the turn was used. */
  speculated: boolean;
  /** The first clause was given to the voice. */
  first_clause: number | null;
}

/** The answer's format. */
export interface OutputAudio {
  /** Encoding; `none` sends no audio at all. */
  encoding?: "pcm_s16le" | "opus" | "mulaw" | "alaw" | "none" | null;
  /** Sample rate in Hz; null with `none`. */
  sample_rate?: number | null;
}

/** The answer's format. */
export interface OutputAudioInForce {
  /** Encoding; `none` sends no audio at all. */
  encoding: "pcm_s16le" | "opus" | "mulaw" | "alaw" | "none" | null;
  /** Sample rate in Hz; null with `none`. */
  sample_rate: number | null;
}

/** Who answers. */
export interface Persona {
  /** Name that she gives herself. */
  name: string;
  /** The one voice of the session. */
  voice: string;
}

/** A sign of life; answered by `pong` with the same `t`. */
export interface PingMessage {
  type: "ping";
  /** The client's clock, or any short mark; comes back as it is. */
  t?: number | string | null;
}

/** The server has no audio for this answer: the client plays the clip, or speaks the text itself. */
export interface PlayVoiceMessage {
  type: "play_voice";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** What of the answer has no audio: all of it, or the rest that a voice left unsaid. */
  text: string;
  /** Kind of answer. */
  responseType: "welcome" | "luxury" | "error" | "support" | "general";
  /** URL of a recording; null when there is none. */
  clip: string | null;
}

/** How much of a turn's audio has been heard; about every 200 ms, and once when it ends or is flushed. */
export interface PlaybackMessage {
  type: "playback";
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** How much of the turn's audio has been heard, in ms from the turn's start. */
  played_ms: number;
  /** Once per turn: when its first sound was heard; answered by `timeline`. */
  first?: FirstSound | null;
}

/** Up to where the client has an answer's sound, and has played or goes on playing it. */
export interface Played {
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** How much of the turn's audio has been heard, in ms from the turn's start. */
  played_ms: number;
}

/** Answers `ping`. */
export interface PongMessage {
  type: "pong";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** `ping.t`. */
  t: number | string | null;
  /** The server's clock, in ms since 1970-01-01 UTC; never set back within a connection. */
  at: number | null;
}

/** Messages come too fast; those beyond the limit are dropped. */
export interface RateLimitedMessage {
  type: "rate_limited";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** When to try again, in ms. */
  retry_after_ms: number;
  /** What to do. */
  message: string;
}

/** Sent at once, first. */
export interface ReadyMessage {
  type: "ready";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Version of this protocol. */
  protocol: 1;
  /** Identifier of the session. */
  session_id: string;
  /** Allows a later connection to go on with this session, once. */
  resume_token: string;
  /** ISO 639-1 code, such as `es` or `en`. */
  language: string;
  /** Who answers. */
  persona: Persona;
  /** What answers. */
  server: ServerInfo;
  /** Tells the guest that an AI answers and how the call is kept. */
  disclosure: string;
}

/** The answer's text as it is made; the chunks of a turn, joined, are its `response_complete.text`. */
export interface ResponseChunkMessage {
  type: "response_chunk";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** The next piece of the answer. */
  text: string;
}

/** The whole answer's text is known; its audio may still be playing. */
export interface ResponseCompleteMessage {
  type: "response_complete";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** The whole answer. */
  text: string;
  /** Kind of answer. */
  responseType: "welcome" | "luxury" | "error" | "support" | "general";
  /** How long the guest waited. */
  latency: Latency;
  /** What was bought. */
  usage: Usage;
  /** What it cost. */
  cost: Cost;
  /** Whether she knew; false where she said that she does not. */
  answered: boolean;
}

/** A session to go on with. */
export interface Resume {
  /** `ready.session_id` of the session to go on with. */
  session_id: string;
  /** The last `resume_token` of that session. */
  resume_token: string;
  /** `seq` of the last message received; what came after it is sent again. */
  last_seq: number;
  /** Where the client stopped; null to go on from its last `playback`. */
  played?: Played | null;
}

/** What answers. */
export interface ServerInfo {
  /** Version of the server. */
  version: string;
  /** `embedded`, or the first engines' vendors by `+`: `openai`, `local-openai`, `other-openai`. */
  mode: string;
}

/** Speak another language; answered by `language`. */
export interface SetLanguageMessage {
  type: "set_language";
  /** ISO 639-1 code, such as `es` or `en`. */
  language: string;
}

/** The guest is heard. */
export interface SpeechStartedMessage {
  type: "speech_started";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
}

/** The guest is taken to have paused. */
export interface SpeechStoppedMessage {
  type: "speech_stopped";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** Cut off by a lost connection, dropped: send the audio again. */
  unheard: boolean;
}

/** One wait of a turn; it ends at the mark of its name. */
export interface Stage {
  /** `way_in`, then as in `latency`, then `sent`, `arrived`, `heard`. */
  name:
    | "way_in"
    | "endpoint"
    | "transcript"
    | "first_text"
    | "first_clause"
    | "first_audio"
    | "sent"
    | "arrived"
    | "heard";
  /** How long it took, in ms; null when not known: the next one holds it too. */
  ms: number | null;
}

/** Settings; answered by `started` with what is in force. A later `start` replaces only what it names. */
export interface StartMessage {
  type: "start";
  /** Language to speak, ISO 639-1. */
  language?: string | null;
  /** Formats of the binary frames. */
  audio?: AudioSettings | null;
  /** Who ends a turn. */
  turn?: TurnSettings | null;
  /** A session to go on with. */
  resume?: Resume | null;
  /** What the guest said to the notice before the talk. */
  consent?: Consent | null;
}

/** The settings in force, in the shape of `start`. */
export interface StartedMessage {
  type: "started";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** ISO 639-1 code, such as `es` or `en`. */
  language: string;
  /** Formats of the binary frames. */
  audio: AudioSettingsInForce;
  /** Who ends a turn. */
  turn: TurnSettingsInForce;
  /** The next resume token; null without `resume`. */
  resume_token: string | null;
}

/** What the session is doing; answers `get_status`. */
export interface StatusMessage {
  type: "status";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Where the conversation stands. */
  state:
    | "listening"
    | "user_speaking"
    | "deciding"
    | "thinking"
    | "speaking"
    | "yielding"
    | "closed";
  /** What serves the session now. */
  engines: EnginesInUse;
  /** Whether any of them stands in for a better one. */
  degraded: boolean;
}

/** The guest has finished talking: answer what was said now. With nothing said it does nothing. */
export interface StopMessage {
  type: "stop";
}

/** A probe with any content; answered by `test` with `ok: true` and the same `id`. */
export interface TestMessage {
  type: "test";
  /** Anything; comes back as it is. */
  id?: unknown;
}

/** Answers `test`. */
export interface TestResultMessage {
  type: "test";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** The probe arrived. */
  ok: true;
  /** `test.id`; null when none was given. */
  id: unknown;
}

/** A typed message, answered like a spoken one. */
export interface TextMessage {
  type: "text";
  /** What the guest typed. */
  text: string;
}

/**
 * How long the guest waited, by stage: once a turn, when the client has told `first`, else when the
 * answer ends.
 */
export interface TimelineMessage {
  type: "timeline";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** All stages, in order. */
  stages: Stage[];
  /** The sum of the known stages, in ms. */
  total_ms: number;
  /** Whether it reaches to what the guest heard. */
  heard: boolean;
  /** The stage that took the most over what it usually takes. */
  slowest:
    | "way_in"
    | "endpoint"
    | "transcript"
    | "first_text"
    | "first_clause"
    | "first_audio"
    | "sent"
    | "arrived"
    | "heard"
    | null;
  /** How much over that, in ms; 0 when no stage was slow. */
  over_ms: number;
}

/** What was heard: interim results, then exactly one final for a turn that is answered. */
export interface TranscriptionMessage {
  type: "transcription";
  /** Number of the message; from 1, per session. */
  seq: number;
  /** Number of the turn; from 1, rising. */
  turn: number;
  /** The guest's words. */
  text: string;
  /** Whether these are the words that are answered. */
  final: boolean;
  /** Language heard, ISO 639-1; null when not known. */
  language: string | null;
}

/** Who ends a turn. */
export interface TurnSettings {
  /** `auto`: the server judges; `manual`: only `stop` ends it. */
  mode?: "auto" | "manual" | null;
}

/** Who ends a turn. */
export interface TurnSettingsInForce {
  /** `auto`: the server judges; `manual`: only `stop` ends it. */
  mode: "auto" | "manual" | null;
}

/** What was bought since the answer before was complete; of embedded engines, what they have worked on. */
export interface Usage {
  /** Audio given to the recogniser, in ms. */
  stt_ms: number;
  /** Tokens that the brain read. */
  llm_input_tokens: number;
  /** Of these, tokens at the cached price. */
  llm_cached_tokens: number;
  /** Tokens that the brain wrote. */
  llm_output_tokens: number;
  /** Characters that the voice says. */
  tts_chars: number;
  /** Of these, characters from the voice library, which need no synthesis. */
  tts_cached_chars: number;
}

export type ClientMessage =
  | StartMessage
  | StopMessage
  | TextMessage
  | InterruptMessage
  | PlaybackMessage
  | SetLanguageMessage
  | GetHistoryMessage
  | ClearHistoryMessage
  | EraseDataMessage
  | GetStatusMessage
  | TestMessage
  | PingMessage;

export type ServerMessage =
  | ReadyMessage
  | StartedMessage
  | SpeechStartedMessage
  | SpeechStoppedMessage
  | TranscriptionMessage
  | ResponseChunkMessage
  | AudioStartMessage
  | CaptionMessage
  | DuckMessage
  | AudioEndMessage
  | ResponseCompleteMessage
  | TimelineMessage
  | PlayVoiceMessage
  | InterruptedMessage
  | LanguageMessage
  | HistoryMessage
  | HistoryClearedMessage
  | DataErasedMessage
  | StatusMessage
  | PongMessage
  | TestResultMessage
  | RateLimitedMessage
  | GoingAwayMessage
  | ErrorMessage;
