import { describe, expect, it } from "vitest";
import { Resampler } from "../../../src/client/audio/resample.ts";

const tone = (hz: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: Math.round(rate * seconds) }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));

function convert(input: Float32Array, from: number, to: number, chunk: number): number[] {
  const resampler = new Resampler(from, to);
  const output: number[] = [];
  for (let at = 0; at < input.length; at += chunk) output.push(...resampler.push(input.subarray(at, at + chunk)));
  output.push(...resampler.flush());
  return output;
}

/** Power of one frequency, dB relative to a full-scale tone. */
function powerAt(samples: readonly number[], hz: number, rate: number): number {
  const middle = samples.slice(Math.floor(samples.length * 0.2), Math.floor(samples.length * 0.8));
  let re = 0;
  let im = 0;
  let weight = 0;
  middle.forEach((sample, i) => {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / middle.length);
    re += sample * window * Math.cos((2 * Math.PI * hz * i) / rate);
    im += sample * window * Math.sin((2 * Math.PI * hz * i) / rate);
    weight += window;
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / weight + 1e-9);
}

describe("Resampler", () => {
  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [24_000, 48_000],
    [24_000, 44_100],
    [96_000, 16_000],
    [16_000, 16_000],
  ])("keeps a tone's pitch, loudness and length from %i to %i Hz", (from, to) => {
    const output = convert(tone(1000, from, 0.5), from, to, 128);
    expect(Math.abs(output.length - to * 0.5)).toBeLessThanOrEqual(1);
    expect(powerAt(output, 1000, to)).toBeCloseTo(0, 1);
  });

  it("keeps positions: the output is the same curve, not a delayed one", () => {
    const output = convert(tone(440, 44_100, 0.3), 44_100, 16_000, 441);
    const errors = output
      .slice(200, 4000)
      .map((v, i) => Math.abs(v - Math.sin((2 * Math.PI * 440 * (i + 200)) / 16_000)));
    expect(Math.max(...errors)).toBeLessThan(0.002);
  });

  it("gives the same samples however the input is cut", () => {
    const input = tone(700, 48_000, 0.2);
    const whole = convert(input, 48_000, 16_000, input.length);
    expect(convert(input, 48_000, 16_000, 128)).toEqual(whole);
    expect(convert(input, 48_000, 16_000, 17)).toEqual(whole);
  });

  it("keeps out what the lower rate cannot hold", () => {
    const aliased = convert(tone(10_000, 48_000, 0.4), 48_000, 16_000, 128);
    expect(powerAt(aliased, 6000, 16_000)).toBeLessThan(-70);
  });

  it("makes no image above the old Nyquist frequency", () => {
    const raised = convert(tone(6000, 24_000, 0.4), 24_000, 48_000, 960);
    expect(powerAt(raised, 18_000, 48_000)).toBeLessThan(-70);
  });

  it("refuses rates that are no rates", () => {
    expect(() => new Resampler(0, 16_000)).toThrow("whole numbers of Hz");
    expect(() => new Resampler(16_000.5, 16_000)).toThrow(RangeError);
  });
});
