import { describe, expect, it } from "vitest";
import { bands, loudness } from "../../../src/client/audio/level.ts";

describe("loudness", () => {
  it("is 0 for silence, 1 for full scale and in between for -30 dB", () => {
    expect(loudness(new Float32Array(128))).toBe(0);
    expect(loudness(new Float32Array(0))).toBe(0);
    expect(loudness(new Float32Array(128).fill(1))).toBeCloseTo(1);
    expect(loudness(new Float32Array(128).fill(10 ** (-30 / 20)))).toBeCloseTo(0.5);
  });
});

describe("bands", () => {
  it("shows a tone in its own band only", () => {
    const spectrum = new Uint8Array(256);
    spectrum[Math.round(1000 / (48_000 / 2 / 256))] = 255;
    const heights = bands(spectrum, 48_000, 7);
    expect(heights).toHaveLength(7);
    expect(heights.filter((height) => height > 0)).toHaveLength(1);
    expect(heights.findIndex((height) => height > 0)).toBe(3);
  });

  it("is full when everything is", () => {
    expect(bands(new Uint8Array(256).fill(255), 48_000, 7)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });
});
