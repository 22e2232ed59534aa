import { beforeEach, describe, expect, it } from "vitest";
import { Playout } from "../../../src/client/audio/playout.ts";
import type { PlaybackReport } from "../../../src/client/audio/ports.ts";

const RATE = 48_000;
const frames = (ms: number): number => (RATE * ms) / 1000;
const steady = (ms: number, value = 0.5): Float32Array => new Float32Array(frames(ms)).fill(value);

let reports: PlaybackReport[];
let ducked: boolean[];
let playout: Playout;

function render(ms: number): number[] {
  const out: number[] = [];
  for (let at = 0; at < frames(ms); at += 128) {
    const quantum = new Float32Array(128);
    playout.render(quantum);
    out.push(...quantum);
  }
  return out;
}

const events = (): string[] => reports.filter((r) => r.event !== "progress").map((r) => `${r.generation} ${r.event}`);
const sounding = (samples: readonly number[]): number => samples.filter((v) => Math.abs(v) > 1e-6).length / frames(1);

beforeEach(() => {
  reports = [];
  ducked = [];
  playout = new Playout(RATE, (report) => {
    if (report.type === "playback") reports.push(report);
    else ducked.push(report.on);
  });
});

describe("Playout", () => {
  it("waits for 60 ms, then plays every sample once", () => {
    playout.begin(1);
    playout.push(1, steady(40));
    expect(sounding(render(100))).toBe(0);
    playout.push(1, steady(40));
    playout.end(1);
    expect(sounding(render(200))).toBe(80);
    expect(events()).toEqual(["1 started", "1 drained"]);
    expect(reports.at(-1)).toMatchObject({ heardMs: 80, bufferedMs: 0, underruns: 0 });
  });

  it("starts what is shorter than 60 ms at its end", () => {
    playout.begin(1);
    playout.push(1, steady(20));
    playout.end(1);
    expect(sounding(render(100))).toBe(20);
  });

  it("reports about every 20 ms where the ear is, the device's latency taken off", () => {
    playout.setLatency(30);
    playout.begin(1);
    playout.push(1, steady(500));
    render(400);
    const progress = reports.filter((r) => r.event === "progress");
    expect(progress.length).toBeGreaterThanOrEqual(15);
    progress.forEach((report, i) => {
      expect(report.heardMs - ((i + 1) * 25 - 30)).toBeLessThan(25);
      expect(report.heardMs).toBeGreaterThanOrEqual(0);
    });
  });

  it("is drained only when the last sample has reached the ear", () => {
    playout.setLatency(40);
    playout.begin(1);
    playout.push(1, steady(100));
    playout.end(1);
    render(120);
    expect(events()).toEqual(["1 started"]);
    render(40);
    expect(events()).toEqual(["1 started", "1 drained"]);
    expect(reports.at(-1)?.heardMs).toBe(100);
  });

  it("fades a flush over 5 ms, without a step, and then is silent", () => {
    playout.begin(1);
    playout.push(1, steady(1000));
    render(200);
    playout.flush(1);
    const after = render(100);
    expect(sounding(after)).toBeLessThanOrEqual(5);
    expect(after[0]).toBeGreaterThan(0.49);
    const steps = after.slice(1).map((v, i) => Math.abs(v - (after[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.01);
    expect(events()).toEqual(["1 started", "1 flushed"]);
  });

  it("never plays a sample of a flushed generation, however late it comes", () => {
    playout.begin(1);
    playout.push(1, steady(100));
    render(30);
    playout.flush(1);
    render(20);
    playout.push(1, steady(500));
    playout.begin(1);
    playout.push(1, steady(500));
    expect(sounding(render(300))).toBe(0);
    playout.begin(2);
    playout.push(2, steady(100, 0.25));
    playout.end(2);
    const fresh = render(200).filter((v) => v !== 0);
    expect(fresh).toHaveLength(frames(100));
    expect(new Set(fresh)).toEqual(new Set([0.25]));
  });

  it("plays streams one after another, never together", () => {
    playout.begin(1);
    playout.push(1, steady(100, 0.5));
    playout.end(1);
    playout.begin(2);
    playout.push(2, steady(100, 0.25));
    playout.end(2);
    const out = render(300).filter((v) => v !== 0);
    expect(out).toEqual([...steady(100, 0.5), ...steady(100, 0.25)]);
    expect(events()).toEqual(["1 started", "1 drained", "2 started", "2 drained"]);
  });

  it("fades at an under-run, waits for more the next time, and comes back without a click", () => {
    playout.begin(1);
    playout.push(1, steady(60));
    const torn = render(100);
    expect(events()).toEqual(["1 started", "1 underrun"]);
    const steps = torn.slice(1).map((v, i) => (torn[i] ?? 0) - v);
    expect(Math.max(...steps)).toBeLessThan(0.01);
    playout.push(1, steady(70));
    expect(sounding(render(50))).toBe(0);
    playout.push(1, steady(10));
    const back = render(50);
    expect(sounding(back)).toBeGreaterThan(40);
    expect(Math.abs(back[0] ?? 1)).toBeLessThan(0.01);
    expect(reports.at(-1)?.underruns).toBe(1);
  });

  it("asks for at most 250 ms after many under-runs, and gives 5 ms back for ten clean seconds", () => {
    playout.begin(1);
    for (let i = 0; i < 20; i += 1) {
      playout.push(1, steady(250));
      render(300);
    }
    expect(reports.at(-1)?.underruns).toBe(20);
    playout.push(1, steady(240));
    expect(sounding(render(20))).toBe(0);
    playout.push(1, steady(12_000));
    render(10_100);
    playout.flush(1);
    render(20);
    playout.begin(2);
    playout.push(2, steady(245));
    expect(sounding(render(20))).toBeGreaterThan(0);
  });

  it("ducks by 12 dB within 20 ms and comes back", () => {
    playout.begin(1);
    playout.push(1, steady(1000));
    render(100);
    playout.duck(true);
    const ducked = render(50);
    expect(ducked[frames(25)]).toBeCloseTo(0.5 * 0.251, 3);
    playout.duck(false);
    const back = render(50);
    expect(back[frames(25)]).toBeCloseTo(0.5, 3);
    const all = [...ducked, ...back];
    const steps = all.slice(1).map((v, i) => Math.abs(v - (all[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(0.005);
  });

  it("is quieter at once when the guest makes a sound over her, but not while the echo canceller learns her voice", () => {
    playout.begin(1);
    playout.push(1, steady(5000));
    playout.onset();
    render(250);
    playout.onset();
    expect(ducked).toEqual([]);
    render(100);
    playout.onset();
    expect(ducked).toEqual([true]);
    playout.flush(1);
    expect(ducked).toEqual([true, false]);
    playout.onset();
    expect(ducked).toHaveLength(2);
  });
});
