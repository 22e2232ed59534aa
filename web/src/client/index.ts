/**
 * `@enterprise-stream/client`: a conversation with Sandra for any page.
 *
 * @packageDocumentation
 */
export {
  type ClientOptions,
  ClientError,
  type Consent,
  type LatencyReport,
  type RefusalCode,
  type Status,
} from "./api.ts";
export type { AudioGraph } from "./audio/graph.ts";
export { bands, loudness } from "./audio/level.ts";
export { type Caption, type Reading, readingAt } from "./captions.ts";
export type { EndReason, LinkStatus } from "./connection/pageMessages.ts";
export { chooseLanguage, type Language, LANGUAGES, languageOf } from "./language.ts";
export { MicrophoneError, type MicrophoneFailure } from "./microphone.ts";
export type { MicrophoneChoice } from "./microphones.ts";
export {
  type Answer,
  type MicrophoneState,
  type Phase,
  phaseOf,
  type Problem,
  type State,
  type Turn,
  type TurnMode,
} from "./state.ts";
export type { ClientEvents } from "./store.ts";
export { VoiceClient } from "./voiceClient.ts";
export type { VoiceLibraryManager } from "./voiceLibrary.ts";
export type { HistoryItem, ServerMessage, Stage } from "./wire/messages.ts";
