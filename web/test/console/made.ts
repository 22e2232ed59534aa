/** Calls and turns with whatever a test needs of them. */
import type { CallDetail, CallSummary, CallTurn } from "../../src/console/shapes.ts";

export function call(given: Partial<CallSummary> = {}): CallSummary {
  return {
    session: "s",
    started_at: "2026-11-21T10:00:00Z",
    ended_at: null,
    live: false,
    language: "es",
    voice: "sandra",
    turns: 1,
    seconds: 60,
    dollars: 0.01,
    end_reason: "left",
    slowest_stage: null,
    voice_to_voice_ms: 500,
    first_words: "Hola",
    unanswered: 0,
    words_kept: true,
    ...given,
  };
}

export function detail(given: Partial<CallDetail> = {}): CallDetail {
  return { ...call(), consent: null, turns: [], ...given };
}

export function turn(given: Partial<CallTurn> = {}): CallTurn {
  return {
    turn: 1,
    at: "2026-11-21T10:00:05Z",
    language: "es",
    question: "¿Hola?",
    answer: "Uno dos tres",
    heard_text: null,
    interrupted: null,
    response_type: "general",
    answered: true,
    captions: [],
    audio_ms: 1000,
    speculated: false,
    stages: [],
    slow_stage: null,
    voice_to_voice_ms: 500,
    usage: {
      stt_ms: 0,
      llm_input_tokens: 0,
      llm_cached_tokens: 0,
      llm_output_tokens: 0,
      tts_chars: 0,
      tts_cached_chars: 0,
    },
    cost: { stt: 0, llm: 0, tts: 0, total: 0 },
    ...given,
  };
}
