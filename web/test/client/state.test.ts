import { beforeEach, describe, expect, it } from "vitest";
import {
  type Action,
  initialState,
  isBusy,
  isHeard,
  isQuiet,
  isSpeaking,
  phaseOf,
  reduce,
  type State,
} from "../../src/client/state.ts";
import type { ServerMessage } from "../../src/client/wire/messages.ts";

let state: State;
const act = (...actions: Action[]): State => (state = actions.reduce(reduce, state));
/** Fields that the reducer does not read are left out of the messages. */
const server = (...messages: Record<string, unknown>[]): State =>
  act(...messages.map((m): Action => ({ type: "server", message: { seq: 1, ...m } as unknown as ServerMessage })));
const open = (): State => {
  act({ type: "link", status: { state: "open" } });
  return server({ type: "ready", session_id: "s", language: "es", disclosure: "IA" });
};
const voice = (turn: number, event: "started" | "progress" | "stopped", heardMs = 0): Action => ({
  type: "voice",
  turn,
  event,
  heardMs,
});
const final = (turn: number, text: string): Record<string, unknown> => ({
  type: "transcription",
  turn,
  text,
  final: true,
});

beforeEach(() => {
  state = initialState("es");
});

describe("phases", () => {
  it("go through a whole turn as the guest lives it", () => {
    const phases = [phaseOf(state)];
    const note = (next: State): void => void phases.push(phaseOf(next));
    note(act({ type: "microphone", microphone: { state: "asking" } }));
    note(act({ type: "link", status: { state: "connecting" } }));
    note(open());
    note(act({ type: "microphone", microphone: { state: "on" } }));
    note(server({ type: "speech_started", turn: 1 }, { type: "speech_stopped", turn: 1 }));
    note(server(final(1, "hola")));
    note(server({ type: "response_chunk", turn: 1, text: "Hola" }, { type: "audio_start", turn: 1 }));
    note(server({ type: "response_complete", turn: 1, text: "Hola" }, { type: "audio_end", turn: 1 }));
    note(act(voice(1, "started")));
    note(act(voice(1, "stopped", 900)));
    expect(phases).toEqual([
      "idle",
      "connecting",
      "connecting",
      "connecting",
      "listening",
      "listening",
      "thinking",
      "thinking",
      "thinking",
      "speaking",
      "listening",
    ]);
  });

  it("tell a full server and an unreachable one from a conversation that ended", () => {
    act({ type: "link", status: { state: "full", retryAfterSeconds: 9 } });
    expect([phaseOf(state), state.problem]).toEqual(["offline", { kind: "full", retryAfterSeconds: 9 }]);
    act({ type: "link", status: { state: "closed", reason: "unreachable" } });
    expect(phaseOf(state)).toBe("offline");
    act({ type: "link", status: { state: "closed", reason: "idle" } });
    expect([phaseOf(state), state.problem]).toEqual(["idle", { kind: "ended", reason: "idle" }]);
    act({ type: "link", status: { state: "closed", reason: "closed" } });
    expect(state.problem).toBeNull();
  });
});

it("tells of sound that could not start until the guest goes on in writing, whatever becomes of the connection", () => {
  act({ type: "problem", problem: { kind: "audio" } }, { type: "link", status: { state: "connecting" } });
  open();
  expect(state.problem).toEqual({ kind: "audio" });
  act({ type: "typed", text: "hola" });
  expect(state.problem).toBeNull();
});

describe("turns", () => {
  beforeEach(() => {
    open();
  });

  it("show what is heard, then what was heard, and no interim result undoes that", () => {
    server({ type: "transcription", turn: 1, text: "cuanto", final: false });
    expect(state.turns[0]?.guest).toEqual({ text: "cuanto", final: false });
    server(final(1, "¿Cuánto cuesta?"), { type: "transcription", turn: 1, text: "cuanto cu", final: false });
    expect(state.turns[0]?.guest).toEqual({ text: "¿Cuánto cuesta?", final: true });
  });

  it("stand in the order of their numbers, whatever comes first", () => {
    server({ type: "response_chunk", turn: 3, text: "c" }, final(1, "a"), final(2, "b"));
    expect(state.turns.map((turn) => turn.turn)).toEqual([1, 2, 3]);
  });

  it("keep only what was heard of an interrupted answer, and nothing of it follows", () => {
    server(
      final(1, "hola"),
      { type: "response_chunk", turn: 1, text: "Uno dos tres" },
      { type: "audio_start", turn: 1 },
    );
    act(voice(1, "started"));
    server({ type: "interrupted", turn: 1, heard_text: "Uno", played_ms: 300, reason: "barge_in" });
    server({ type: "response_chunk", turn: 1, text: " cuatro" });
    act(voice(1, "stopped", 300));
    expect(state.turns[0]?.answer).toMatchObject({ text: "Uno", status: "interrupted", voice: "over" });
    expect([state.speaking, state.awaiting]).toEqual([null, null]);
  });

  it("follow the ear through the captions", () => {
    server({ type: "response_chunk", turn: 1, text: "Hola" }, { type: "audio_start", turn: 1 });
    server({ type: "caption", turn: 1, text: "Hola", start_ms: 0, end_ms: 500 });
    act(voice(1, "progress", 250));
    expect(state.turns[0]?.answer).toMatchObject({ heardMs: 250, voice: "playing" });
    expect(state.turns[0]?.answer?.captions).toEqual([{ text: "Hola", startMs: 0, endMs: 500 }]);
  });

  it("lose what was never answered when a newer turn begins", () => {
    server({ type: "transcription", turn: 1, text: "eh", final: false }, { type: "speech_started", turn: 2 });
    expect(state.turns).toEqual([]);
  });

  it("take a typed message over once the server has it", () => {
    act({ type: "typed", text: "hola" }, { type: "typed", text: "hola" });
    server(final(1, "hola"));
    expect(state.typed).toEqual(["hola"]);
    expect(state.awaiting).toBe(1);
  });

  it("keep the words that were heard when the voice fails in mid-answer: what comes is the rest", () => {
    server(final(1, "¿Cuánto?"), { type: "response_chunk", turn: 1, text: "Sí, claro. Cuesta cien euros." });
    server({ type: "audio_start", turn: 1 }, { type: "audio_end", turn: 1, duration_ms: 600 });
    server({ type: "play_voice", turn: 1, text: "Cuesta cien euros.", clip: null });
    expect(state.turns[0]?.answer?.text).toBe("Sí, claro. Cuesta cien euros.");
    server({ type: "play_voice", turn: 2, text: "Adiós.", clip: null });
    expect(state.turns[1]?.answer?.text).toBe("Adiós.");
  });

  it("have a voice that is coming while a stand-in is sought, and are there to be read when there is none", () => {
    act({ type: "microphone", microphone: { state: "on" } });
    server(final(1, "hola"), { type: "response_complete", turn: 1, text: "Hola." });
    server({ type: "play_voice", turn: 1, text: "Hola.", clip: "/clip.wav" });
    expect([state.standingIn, phaseOf(state), isBusy(state), isQuiet(state)]).toEqual([1, "thinking", true, true]);
    act(voice(1, "started"));
    expect([phaseOf(state), isQuiet(state)]).toEqual(["speaking", false]);
    act(voice(1, "stopped"), { type: "stood_in", turn: 1, missing: false });
    expect([phaseOf(state), state.turns[0]?.answer?.voice]).toEqual(["listening", "over"]);
    server(final(2, "¿y?"), { type: "play_voice", turn: 2, text: "Y.", clip: null });
    act({ type: "stood_in", turn: 2, missing: true });
    expect([phaseOf(state), state.turns[1]?.answer?.voice]).toEqual(["listening", "none"]);
  });

  it("are not the only thing that sounds: a recording of no turn is her voice too", () => {
    act({ type: "clip", number: 1, turn: null, event: "started" });
    expect([phaseOf(state), isSpeaking(state), isQuiet(state)]).toEqual(["speaking", true, false]);
    act({ type: "clip", number: 1, turn: null, event: "played" });
    expect([isSpeaking(state), isQuiet(state)]).toEqual([false, true]);
  });

  it("stop awaiting an answer that failed or has no voice", () => {
    server(final(1, "hola"), { type: "error", code: "engine_failed", message: "x", turn: 1 });
    expect([state.awaiting, state.problem]).toEqual([null, { kind: "server", code: "engine_failed", message: "x" }]);
    server(final(2, "hola"), { type: "play_voice", turn: 2, text: "Hola" });
    expect([state.awaiting, state.problem]).toEqual([null, null]);
  });
});

describe("a lost connection", () => {
  it("cuts what was being said and counts turns anew, with a notice", () => {
    open();
    server(final(1, "uno"), { type: "response_chunk", turn: 1, text: "Uno" }, { type: "audio_start", turn: 1 });
    act(voice(1, "started"), { type: "link", status: { state: "reconnecting", attempt: 1 } });
    expect(phaseOf(state)).toBe("reconnecting");
    open();
    expect(state.turns[0]?.answer).toMatchObject({ status: "interrupted" });
    server(final(1, "otro"));
    expect(state.turns.map((turn) => turn.guest?.text)).toEqual(["uno", "otro"]);
    expect(new Set(state.turns.map((turn) => turn.key)).size).toBe(2);
    expect(state.problem).toEqual({ kind: "new_session" });
  });

  it("changes nothing for a session that goes on: she speaks on meanwhile", () => {
    open();
    server(final(1, "uno"), { type: "response_chunk", turn: 1, text: "Uno" }, { type: "audio_start", turn: 1 });
    act(voice(1, "started"), { type: "link", status: { state: "reconnecting", attempt: 1 } });
    act(voice(1, "progress"), { type: "link", status: { state: "open" } });
    server({ type: "response_chunk", turn: 1, text: " y dos" }, { type: "audio_start", turn: 1 });
    expect(state.turns[0]?.answer).toMatchObject({ status: "coming", voice: "playing", text: "Uno y dos" });
    expect(phaseOf(state)).toBe("speaking");
    expect(state.problem).toBeNull();
  });

  it("gives no answer to what could not be sent", () => {
    act({ type: "typed", text: "hola" }, { type: "link", status: { state: "closed", reason: "unreachable" } });
    expect(state.typed).toEqual([]);
  });
});

describe("language and history", () => {
  it("follow the server where the page speaks the language", () => {
    open();
    server({ type: "language", language: "en-GB" });
    expect(state.language).toBe("en");
    server({ type: "language", language: "fr" });
    expect(state.language).toBe("en");
  });

  it("forget everything together", () => {
    open();
    server(final(1, "hola"), { type: "history_cleared" });
    expect(state.turns).toEqual([]);
  });
});

describe("the microphone", () => {
  it("is heard while it is on and, where the guest ends the turns, held", () => {
    act({ type: "microphone", microphone: { state: "on" } });
    expect(isHeard(state)).toBe(true);
    act({ type: "turn_mode", mode: "manual" });
    expect(isHeard(state)).toBe(false);
    act({ type: "holding", on: true });
    expect(isHeard(state)).toBe(true);
    act({ type: "turn_mode", mode: "auto" });
    expect(state.holding).toBe(false);
  });

  it("is neither muted nor held once it is closed", () => {
    act(
      { type: "microphone", microphone: { state: "on" } },
      { type: "muted", on: true },
      { type: "holding", on: true },
    );
    act({ type: "microphone", microphone: { state: "asking" } });
    expect([state.muted, state.holding]).toEqual([true, true]);
    act({ type: "microphone", microphone: { state: "off" } });
    expect([state.muted, state.holding]).toEqual([false, false]);
  });
});

describe("a page that is loaded anew", () => {
  it("shows answers that were heard before as heard, and awaits nothing of them", () => {
    open();
    const told = [final(1, "hola"), { type: "response_complete", turn: 1, text: "Hola." }];
    const end = { type: "audio_end", turn: 1, duration_ms: 700 };
    act(
      ...[...told, end].map((m): Action => {
        const message = { seq: 2, ...m } as unknown as ServerMessage;
        return { type: "server", message, told: "late" };
      }),
    );
    expect(state.turns[0]?.answer).toMatchObject({ voice: "over", heardMs: 700, status: "complete" });
    expect(state.awaiting).toBeNull();
  });

  it("leaves a voice alone that plays on, and an end that is told for the first time", () => {
    open();
    server(final(1, "hola"), { type: "audio_start", turn: 1 });
    act(voice(1, "started"));
    const message = { type: "audio_end", seq: 2, turn: 1, duration_ms: 700 } as const;
    act({ type: "server", message, told: "late" });
    expect(state.turns[0]?.answer?.voice).toBe("playing");
    server(final(2, "bien"), { type: "audio_end", turn: 2, duration_ms: 700 });
    expect(state.awaiting).toBe(2);
  });
});
