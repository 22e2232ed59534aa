import { beforeEach, describe, expect, it } from "vitest";
import type { PlaybackCommand, PlaybackReport } from "../../../src/client/audio/ports.ts";
import type { FirstHeard } from "../../../src/client/connection/firstSound.ts";
import { VoiceRoute } from "../../../src/client/connection/voiceRoute.ts";
import type { ServerMessage } from "../../../src/client/wire/messages.ts";

let played: PlaybackCommand[];
let reported: [number, number][];
let firsts: (FirstHeard & { turn: number })[];
let clock: number;
let told: string[];
let route: VoiceRoute;

const start = (turn: number, startMs = 0): ServerMessage => ({
  type: "audio_start",
  seq: 1,
  turn,
  stream: 7,
  encoding: "pcm_s16le",
  sample_rate: 24_000,
  voice: "v",
  start_ms: startMs,
});
const end = (turn: number): ServerMessage => ({ type: "audio_end", seq: 1, turn, duration_ms: 40 });
const interrupted = (turn: number): ServerMessage => ({
  type: "interrupted",
  seq: 1,
  turn,
  heard_text: "",
  played_ms: 0,
  reason: "barge_in",
});
const stamped = (samples: Int16Array, stream = 7): ArrayBuffer => {
  const frame = new Uint8Array(8 + samples.byteLength);
  frame.set([1, 0, 0, stream]);
  frame.set(new Uint8Array(samples.buffer), 8);
  return frame.buffer;
};
const chunk = (stream = 7): ArrayBuffer => stamped(new Int16Array(960).fill(1000), stream);
const report = (generation: number, event: PlaybackReport["event"], heardMs: number): void => {
  route.report({ type: "playback", generation, event, heardMs, bufferedMs: 0, underruns: 0 });
};
const samplesOf = (generation: number): number =>
  played.reduce((sum, c) => sum + (c.type === "samples" && c.generation === generation ? c.samples.length : 0), 0);
const types = (): string[] => played.map((command) => command.type);

beforeEach(() => {
  [played, reported, told, firsts, clock] = [[], [], [], [], 0];
  route = new VoiceRoute(
    48_000,
    {
      play: (command) => void played.push(command),
      voice: (event) => {
        told.push(event.type === "voice" ? `${event.turn} ${event.event}` : `clip ${event.number} ${event.event}`);
      },
      playback: (turn, ms, first) => {
        reported.push([turn, ms]);
        if (first !== null) firsts.push({ turn, ...first });
      },
    },
    () => clock,
  );
});

describe("VoiceRoute", () => {
  it("brings a stream to the worklet at the device's rate, whole", () => {
    route.message(start(1));
    route.audio(chunk());
    route.audio(chunk());
    route.message(end(1));
    expect(types()).toEqual(["begin", "samples", "samples", "samples", "end"]);
    expect(Math.abs(samplesOf(1) - 2 * 1920)).toBeLessThanOrEqual(1);
  });

  it("gives every stream a new generation, also when turns begin at 1 again", () => {
    route.message(start(1));
    route.message(end(1));
    route.message(start(1));
    expect(played.filter((c) => c.type === "begin").map((c) => c.generation)).toEqual([1, 2]);
  });

  it("lets nothing of an interrupted stream through", () => {
    route.message(start(1));
    route.audio(chunk());
    route.message(interrupted(1));
    const before = samplesOf(1);
    route.audio(chunk());
    route.message(end(1));
    expect(samplesOf(1)).toBe(before);
    expect(types().slice(2)).toEqual(["flush", "duck"]);
    route.message(start(2));
    route.audio(chunk());
    expect(samplesOf(2)).toBeGreaterThan(0);
  });

  it("drops audio that belongs to no stream", () => {
    route.audio(chunk());
    expect(played).toEqual([]);
  });

  it("tells the server every 200 ms, at the end, and when flushed", () => {
    route.message(start(3));
    report(1, "started", 0);
    for (let ms = 50; ms <= 500; ms += 50) report(1, "progress", ms);
    report(1, "drained", 530.4);
    expect(reported).toEqual([
      [3, 200],
      [3, 400],
      [3, 530],
    ]);
    route.message(start(4));
    report(2, "started", 0);
    report(2, "flushed", 120);
    expect(reported.at(-1)).toEqual([4, 120]);
  });

  it("tells the server once when the first audible sample was heard, by the silence before it", () => {
    clock = 5000;
    route.message(start(3));
    route.audio(stamped(new Int16Array(24_000 * 0.08))); // 80 ms of silence
    clock = 5010;
    route.audio(chunk());
    route.audio(chunk());
    report(1, "started", 0);
    clock = 5150;
    report(1, "progress", 50);
    expect(firsts).toEqual([]);
    clock = 5200;
    report(1, "progress", 100);
    report(1, "progress", 150);
    expect(firsts).toHaveLength(1);
    expect(firsts[0]).toMatchObject({ turn: 3, arrivedAt: 5000 });
    expect(Math.abs((firsts[0]?.heardAt ?? 0) - 5180)).toBeLessThan(1.5);
    expect(reported[0]).toEqual([3, 100]);
  });

  it("tells nothing of an answer that was silenced before it sounded, and nothing of a clip", () => {
    route.message(start(1));
    route.audio(chunk());
    report(1, "flushed", 0);
    route.clip({ number: 1, turn: 2, samples: new Float32Array(4800).fill(0.5) });
    report(2, "started", 0);
    report(2, "progress", 50);
    expect(firsts).toEqual([]);
  });

  it("tells the page when the voice starts and stops, and where the ear is", () => {
    route.message(start(1));
    report(1, "started", 0);
    report(1, "progress", 50);
    expect(route.heard).toEqual({ turn: 1, ms: 50 });
    report(1, "underrun", 60);
    report(1, "drained", 60);
    expect(route.heard).toBeNull();
    expect(told).toEqual(["1 started", "1 progress", "1 progress", "1 stopped"]);
    report(9, "progress", 1);
    expect(told).toHaveLength(4);
  });

  it("plays a clip as a stream of its own turn, and it can be silenced like one", () => {
    route.clip({ number: 1, turn: 5, samples: new Float32Array(480) });
    expect(types()).toEqual(["begin", "samples", "end"]);
    report(1, "started", 0);
    route.silence();
    report(1, "flushed", 5);
    expect(told).toEqual(["5 started", "clip 1 started", "5 stopped", "clip 1 cut"]);
  });

  it("passes a duck on", () => {
    route.message({ type: "duck", seq: 1, turn: 1, on: true });
    expect(played).toEqual([{ type: "duck", on: true }]);
  });

  it("plays on what has come when the connection is lost, and goes on without a seam", () => {
    route.message(start(1));
    route.audio(chunk());
    route.lost();
    expect(route.received).toEqual({ turn: 1, played_ms: 40 });
    route.message(start(1), true); // told again: no audio follows
    route.message(start(1, 40));
    route.audio(chunk());
    route.message(end(1));
    expect(types()).toEqual(["begin", "samples", "samples", "samples", "end"]);
    expect(Math.abs(samplesOf(1) - 2 * 1920)).toBeLessThanOrEqual(1);
  });

  it("drops what comes twice", () => {
    route.message(start(1));
    route.audio(chunk());
    route.lost();
    route.message(start(1, 10));
    route.audio(chunk()); // 10 to 50 ms
    route.message(end(1));
    expect(Math.abs(samplesOf(1) - 50 * 48)).toBeLessThanOrEqual(1);
  });

  it("ends a voice whose end is told again when all of it is there", () => {
    route.message(start(1));
    route.audio(chunk());
    route.lost();
    route.message(end(1), true);
    expect(types().at(-1)).toBe("end");
  });

  it("counts from the turn's start where only the rest comes", () => {
    route.message(start(1, 500));
    route.audio(chunk());
    report(1, "started", 0);
    report(1, "progress", 210);
    expect(reported.at(-1)).toEqual([1, 710]);
  });

  it("tells the server again where the ear is, for the last word of it may be lost with the connection", () => {
    route.message(start(3));
    route.reportAgain();
    expect(reported).toEqual([]);
    route.audio(chunk());
    report(1, "started", 0);
    report(1, "drained", 40);
    route.lost();
    route.reportAgain();
    expect(reported).toEqual([
      [3, 40],
      [3, 40],
    ]);
    route.anew(); // another session has turns of its own
    route.reportAgain();
    expect(reported).toHaveLength(2);
  });

  it("gives up what a lost connection has left when it is silenced", () => {
    route.message(start(1));
    route.audio(chunk());
    route.lost();
    route.silence();
    expect(route.received).toBeNull();
    route.audio(chunk());
    expect(types().filter((type) => type === "samples")).toHaveLength(1);
  });

  it("drops frames of another stream, and frames without a stamp", () => {
    route.message(start(1));
    route.audio(chunk(6));
    route.audio(new ArrayBuffer(4));
    expect(samplesOf(1)).toBe(0);
    route.audio(chunk());
    expect(samplesOf(1)).toBeGreaterThan(0);
  });

  it("plays a recording of no turn, tells the server nothing of it, and lets her cut it off", () => {
    route.clip({ number: 1, turn: null, samples: new Float32Array(4800) });
    report(1, "started", 0);
    report(1, "progress", 50);
    expect(route.sounds).toBe(true);
    expect([reported, told]).toEqual([[], ["clip 1 started"]]);
    route.message(start(1));
    expect(types().slice(0, 4)).toEqual(["begin", "samples", "end", "flush"]);
    report(1, "flushed", 60);
    expect(told).toEqual(["clip 1 started", "clip 1 cut"]);
    route.clip({ number: 2, turn: null, samples: new Float32Array(4800) });
    report(3, "drained", 100);
    expect(told.at(-1)).toBe("clip 2 played");
  });

  it("ends a recording at the guest's words, of which the server makes no interruption, and a stream of hers never", () => {
    const words = (turn: number, text: string): ServerMessage => ({
      type: "transcription",
      seq: 1,
      turn,
      text,
      final: false,
      language: "es",
    });
    const clip = { number: 1, turn: 2, samples: new Float32Array(4800) };
    route.clip(clip);
    route.message(words(2, "hola"));
    route.message(words(3, ""));
    route.message(words(3, "hola"), true);
    expect(types()).not.toContain("flush");
    route.message(words(3, "espera"));
    expect(types()).toContain("flush");
    report(1, "flushed", 10);
    played = [];
    route.message(start(4));
    route.message(words(5, "ajá"));
    expect(types()).toEqual(["begin"]);
  });

  it("goes on in a recording where her stream has left the answer", () => {
    route.message(start(1));
    route.audio(chunk());
    route.message(end(1));
    route.clip({ number: 1, turn: 1, samples: new Float32Array(48_000) });
    report(1, "started", 0);
    report(1, "drained", 40);
    report(2, "started", 0);
    report(2, "progress", 300);
    expect(reported.at(-1)).toEqual([1, 340]);
  });

  it("plays an answer's recording at once where one of no turn sounds", () => {
    route.clip({ number: 1, turn: null, samples: new Float32Array(4800) });
    report(1, "started", 0);
    route.clip({ number: 2, turn: 1, samples: new Float32Array(4800) });
    expect(types().slice(3)).toEqual(["flush", "duck", "begin", "samples", "end"]);
  });
});
