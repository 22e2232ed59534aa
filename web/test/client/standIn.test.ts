import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Told } from "../../src/client/connection/pageMessages.ts";
import { LastVoice } from "../../src/client/lastVoice.ts";
import { StandIn } from "../../src/client/standIn.ts";
import { Store } from "../../src/client/store.ts";
import { isQuiet } from "../../src/client/state.ts";
import type { ServerMessage } from "../../src/client/wire/messages.ts";
import { Speech, speechOf, Utterance } from "./speech.ts";

const message = (type: string, fields: Record<string, unknown>): ServerMessage =>
  ({ type, seq: 1, ...fields }) as unknown as ServerMessage;
const playVoice = (turn: number, text: string, clip: string | null = null): ServerMessage =>
  message("play_voice", { turn, text, clip, responseType: "general" });
const SAMPLES = new Float32Array(8);
const context = {
  decodeAudioData: () => Promise.resolve({ getChannelData: () => SAMPLES }),
} as unknown as AudioContext;

let speech: Speech;
let store: Store;
let played: number[];
let endClip: (whole: boolean) => void;

/** A stand-in as a page has it; its clips end when `endClip` is called. */
function standInOf(lastVoice: LastVoice | null): StandIn {
  const host = {
    play: (turn: number) => {
      played.push(turn);
      return new Promise<boolean>((over) => (endClip = over));
    },
    quiet: (overtaken: AbortSignal) => store.when(isQuiet, overtaken),
    voice: store.dispatch.bind(store),
    over: (turn: number, missing: boolean): void => {
      store.dispatch({ type: "stood_in", turn, missing });
    },
    language: () => store.state.language,
  };
  return new StandIn(host, "https://voz.example/", lastVoice);
}

/** What client and stand-in do with a message. */
async function hear(standIn: StandIn, ...messages: ServerMessage[]): Promise<void> {
  await hearAs("now", standIn, ...messages);
}

async function hearAs(told: Told, standIn: StandIn, ...messages: ServerMessage[]): Promise<void> {
  for (const each of messages) {
    store.dispatch({ type: "server", message: each, told });
    standIn.message(each, told, context);
  }
  await settled();
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};
const voiceOf = (turn: number): string | undefined =>
  store.state.turns.find((each) => each.turn === turn)?.answer?.voice;

beforeEach(() => {
  vi.useFakeTimers();
  speech = speechOf("en-GB", "es-ES");
  vi.stubGlobal("speechSynthesis", speech);
  vi.stubGlobal("SpeechSynthesisUtterance", Utterance);
  vi.stubGlobal("fetch", () =>
    Promise.resolve({ ok: true, arrayBuffer: () => Promise.resolve(new ArrayBuffer(4)) } as Response),
  );
  [store, played] = [new Store("es"), []];
  store.dispatch({ type: "link", status: { state: "open" } });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the browser's own speech", () => {
  it("says an answer that has neither audio nor a recording, in the session's language", async () => {
    await hear(standInOf(new LastVoice()), playVoice(1, "Hola."));
    expect(speech.said).toEqual([["es-ES", "Hola."]]);
    speech.begin();
    expect(store.state.speaking).toBe(1);
    speech.end();
    await settled();
    expect([store.state.speaking, store.state.standingIn, voiceOf(1)]).toEqual([null, null, "over"]);
    store.dispatch({ type: "language", language: "en" });
    await hear(standInOf(new LastVoice()), playVoice(2, "Hello."));
    expect(speech.said.at(-1)).toEqual(["en-GB", "Hello."]);
  });

  it("is not used where there is a recording, nor where the page does not allow it", async () => {
    const standIn = standInOf(new LastVoice());
    await hear(standIn, playVoice(1, "Hola.", "/clip.wav"));
    expect(played).toEqual([1]);
    endClip(true);
    await settled();
    expect(store.state.standingIn).toBeNull();
    await hear(standInOf(null), playVoice(2, "Adiós."));
    expect([speech.said, voiceOf(2), store.state.standingIn]).toEqual([[], "none", null]);
  });

  it("says it where the recording cannot be had", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve({ ok: false, status: 404 } as Response));
    await hear(standInOf(new LastVoice()), playVoice(1, "Hola.", "/clip.wav"));
    expect([played, speech.said]).toEqual([[], [["es-ES", "Hola."]]]);
  });

  it("says what was missed, and nothing that another page of the tab has been told before", async () => {
    const question = message("transcription", { turn: 1, text: "hola", final: true });
    await hearAs("late", standInOf(new LastVoice()), question, playVoice(1, "Hola."));
    expect(speech.said).toEqual([["es-ES", "Hola."]]);
    store = new Store("es");
    store.dispatch({ type: "link", status: { state: "open" } });
    await hearAs("before", standInOf(new LastVoice()), question, playVoice(1, "Hola."));
    expect([speech.said.length, voiceOf(1)]).toEqual([1, "over"]);
    expect([store.state.awaiting, store.state.standingIn]).toEqual([null, null]);
    expect(store.state.turns[0]?.answer?.text).toBe("Hola.");
  });

  it("waits until all that has come of her voice was heard, when it fails in mid-answer", async () => {
    const standIn = standInOf(new LastVoice());
    await hear(standIn, message("audio_start", { turn: 1 }));
    store.dispatch({ type: "voice", turn: 1, event: "started", heardMs: 0 });
    await hear(standIn, message("audio_end", { turn: 1 }), playVoice(1, "El resto."));
    expect(speech.said).toEqual([]);
    store.dispatch({ type: "voice", turn: 1, event: "stopped", heardMs: 600 });
    await settled();
    expect(speech.said).toEqual([["es-ES", "El resto."]]);
  });

  it("waits for a recording of no turn, and for audio that is announced", async () => {
    store.dispatch({ type: "clip", number: 1, turn: null, event: "started" });
    const standIn = standInOf(new LastVoice());
    await hear(standIn, playVoice(1, "Hola."));
    expect(speech.said).toEqual([]);
    store.dispatch({ type: "clip", number: 1, turn: null, event: "played" });
    await settled();
    expect(speech.said).toHaveLength(1);
  });

  it("is silenced by an interruption, by another answer's audio, and by the guest's words; while it waits too", async () => {
    const ends = [
      message("interrupted", { turn: 1, heard_text: "" }),
      message("audio_start", { turn: 2 }),
      message("transcription", { turn: 2, text: "espera", final: false }),
    ];
    for (const end of ends) {
      store = new Store("es");
      store.dispatch({ type: "link", status: { state: "open" } });
      const standIn = standInOf(new LastVoice());
      await hear(standIn, playVoice(1, "Hola."));
      speech.begin();
      await hear(standIn, end);
      expect([speech.cancelled, store.state.speaking, store.state.standingIn]).toEqual([1, null, null]);
      speech.cancelled = 0;
    }
    store.dispatch({ type: "clip", number: 1, turn: null, event: "started" });
    const before = speech.said.length;
    const standIn = standInOf(new LastVoice());
    await hear(standIn, playVoice(3, "Tarde."));
    standIn.cancel();
    store.dispatch({ type: "clip", number: 1, turn: null, event: "cut" });
    await settled();
    expect([speech.said.length, voiceOf(3)]).toEqual([before, "over"]);
  });

  it("waits for the voices that Chrome tells of late, and not for ever", async () => {
    speech = speechOf();
    vi.stubGlobal("speechSynthesis", speech);
    await hear(standInOf(new LastVoice()), playVoice(1, "Hola."));
    expect([speech.said, store.state.standingIn]).toEqual([[], 1]);
    speech.tellVoices("es-MX");
    await settled();
    expect(speech.said).toEqual([["es-MX", "Hola."]]);
    speech = speechOf();
    vi.stubGlobal("speechSynthesis", speech);
    await hear(standInOf(new LastVoice()), playVoice(2, "Adiós."));
    await vi.advanceTimersByTimeAsync(1000);
    expect([speech.said, voiceOf(2), store.state.standingIn]).toEqual([[], "none", null]);
  });

  it("leaves an answer to be read where it has no voice of the language, or never begins", async () => {
    speech = speechOf("est-EE", "fr-FR");
    vi.stubGlobal("speechSynthesis", speech);
    await hear(standInOf(new LastVoice()), playVoice(1, "Hola."));
    expect([speech.said, voiceOf(1)]).toEqual([[], "none"]);
    speech = speechOf("es-ES");
    vi.stubGlobal("speechSynthesis", speech);
    await hear(standInOf(new LastVoice()), playVoice(2, "Hola."));
    await vi.advanceTimersByTimeAsync(3000);
    expect([speech.cancelled, voiceOf(2), store.state.standingIn]).toEqual([1, "none", null]);
  });
});
