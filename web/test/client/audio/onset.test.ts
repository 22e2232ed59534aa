import { beforeEach, describe, expect, it } from "vitest";
import { OnsetDetector } from "../../../src/client/audio/onset.ts";

const RATE = 48_000;
const QUANTUM = 128;
let detector: OnsetDetector;
let chance: number;

/** Noise that is the same in every run. */
const noise = (): number => {
  chance = (chance * 1_103_515_245 + 12_345) % 2 ** 31;
  return (chance / 2 ** 30 - 1) * Math.SQRT2;
};
const db = (level: number): number => 10 ** (level / 20);

/** Feeds so many ms of noise at a level, dB; the times of the onsets in it, ms. */
const hear = (ms: number, level: number): number[] => {
  const onsets: number[] = [];
  for (let frame = 0; frame < (ms * RATE) / 1000; frame += QUANTUM) {
    const samples = Float32Array.from({ length: QUANTUM }, () => noise() * db(level));
    if (detector.push(samples)) onsets.push(((frame + QUANTUM) * 1000) / RATE);
  }
  return onsets;
};

beforeEach(() => {
  detector = new OnsetDetector(RATE);
  chance = 7;
});

describe("OnsetDetector", () => {
  it("tells within 24 ms when somebody begins to speak, once", () => {
    expect(hear(1000, -70)).toEqual([]);
    const onsets = hear(800, -25);
    expect(onsets).toHaveLength(1);
    expect(onsets[0]).toBeLessThanOrEqual(27);
  });

  it("tells again after a pause, not within a word", () => {
    hear(500, -70);
    expect(hear(300, -25)).toHaveLength(1);
    hear(120, -70);
    expect(hear(300, -25)).toEqual([]);
    hear(400, -70);
    expect(hear(300, -25)).toHaveLength(1);
  });

  it("learns a loud room and tells only what stands out from it", () => {
    hear(10_000, -38);
    expect(hear(3000, -38)).toEqual([]);
    expect(hear(300, -18)).toHaveLength(1);
  });

  it("takes no click for speech", () => {
    hear(500, -70);
    expect(hear(3, -10)).toEqual([]);
    expect(hear(500, -70)).toEqual([]);
  });

  it("hears nothing in what is too quiet to be meant, hum included", () => {
    hear(500, -90);
    expect(hear(500, -60)).toEqual([]);
    const hum = Float32Array.from({ length: RATE }, (_, i) => 0.03 * Math.sin((2 * Math.PI * 50 * i) / RATE));
    expect(detector.push(hum)).toBe(false);
  });
});
