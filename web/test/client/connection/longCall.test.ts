import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Connection } from "../../../src/client/connection/connection.ts";
import type { Socket, World } from "../../../src/client/connection/link.ts";
import type { WorkerEvent } from "../../../src/client/connection/pageMessages.ts";

const HOUR_S = 3600;
const FRAME_MS = 20;
/** In each of these steps sound goes out and what was asked is answered, ms. */
const STEP_MS = 100;
const FRAME_BYTES = 640;
const TURN_S = 10;
/** Before it is counted: what is compiled or kept for good is there. */
const SETTLED_S = 300;
const LOOK_EVERY_S = 150;
/** What a second may add, over all: 32,000 go through. The engine itself keeps about 15 more; one frame of 500 is 64. */
const MOST_BYTES_A_SECOND = 64;

declare const gc: () => void;
declare const process: { memoryUsage(): { heapUsed: number; arrayBuffers: number } };

/** A server that hears the guest; it counts the frames and keeps none. */
class Ear implements Socket {
  binaryType: BinaryType = "blob";
  readonly readyState = 1;
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  frames = 0;
  pings = 0;
  #seq = 0;
  readonly #asked: number[] = [];

  send(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      this.frames += 1;
      return;
    }
    const message = JSON.parse(data) as { type: string; t?: number };
    if (message.type !== "ping") return;
    this.pings += 1;
    this.#asked.push(message.t ?? 0);
  }
  /** Answers the pings that have come. */
  answer(): void {
    for (const t of this.#asked.splice(0)) this.tell({ type: "pong", t, at: performance.now() });
  }
  close(): void {
    this.onclose = null;
  }
  tell(message: { type: string; [field: string]: unknown }): void {
    this.#seq += 1;
    this.onmessage?.({ data: JSON.stringify({ seq: this.#seq, ...message }) } as MessageEvent);
  }
  turn(turn: number): void {
    this.tell({ type: "speech_started", turn });
    this.tell({ type: "speech_stopped", turn, unheard: false });
    this.tell({ type: "transcription", turn, text: `¿Y la noche ${turn}?`, final: true, language: "es" });
    this.tell({ type: "response_complete", turn, text: "Cuesta 120 €.", responseType: "general" });
  }
}

const port = (): MessagePort => ({ onmessage: null, postMessage: () => undefined, close: () => undefined }) as never;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Bytes a second by least squares. */
function growth(at: readonly number[], held: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middle, level] = [mean(at), mean(held)];
  const along = at.reduce((sum, s, n) => sum + (s - middle) * ((held[n] ?? 0) - level), 0);
  return along / at.reduce((sum, s) => sum + (s - middle) ** 2, 0);
}

it("sends an hour of the microphone, 20 ms at a time, and holds no more at its end", () => {
  const ear = new Ear();
  const [capture, playback] = [port(), port()];
  const world: World = {
    connect: () => ear,
    health: () => Promise.resolve({ state: "up" }),
    random: () => 0,
    setTimer: () => 0,
    clearTimer: () => undefined,
  };
  const settings = { language: "es", turnMode: "auto", consent: null } as const;
  const setUp = { url: "ws://x", healthUrl: "", asksForTokens: false, trial: null, settings, resume: null };
  const heard: WorkerEvent["type"][] = [];
  const connection = new Connection(
    { type: "set_up", ...setUp, capture, playback, sampleRate: 48_000 },
    world,
    ({ type }) => {
      if (type === "quality") heard.push(type);
    },
  );
  connection.obey({ type: "connect", wanted: true, asked: 1 });
  ear.tell({ type: "ready", session_id: "s", resume_token: "t", language: "es" });
  connection.obey({ type: "listen", on: true });

  const [at, held]: [number[], number[]] = [[], []];
  for (let second = 0; second <= SETTLED_S + HOUR_S; second += 1) {
    if (second % TURN_S === 0) ear.turn(1 + second / TURN_S);
    for (let ms = 0; ms < 1000; ms += FRAME_MS) {
      capture.onmessage?.({ data: new ArrayBuffer(FRAME_BYTES) } as MessageEvent<ArrayBuffer>);
      if (ms % STEP_MS > 0) continue;
      vi.advanceTimersByTime(STEP_MS);
      ear.answer();
    }
    if (second >= SETTLED_S && second % LOOK_EVERY_S === 0) {
      gc(); // what the first finds dead is given back when the second begins
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      at.push(second);
      held.push(heapUsed + arrayBuffers);
    }
  }
  connection.end();

  expect(ear.frames).toBe(((SETTLED_S + HOUR_S + 1) * 1000) / FRAME_MS);
  expect(ear.pings).toBeGreaterThan(HOUR_S / 4);
  expect(heard, "the link was never poor").toEqual([]);
  expect(growth(at, held)).toBeLessThan(MOST_BYTES_A_SECOND);
}, 60_000);
