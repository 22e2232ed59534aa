import { describe, expect, it } from "vitest";
import { Framer } from "../../../src/client/audio/framer.ts";
import { fromPcm16, toPcm16 } from "../../../src/client/audio/pcm.ts";

describe("Framer", () => {
  it.each([44_100, 48_000])("cuts a microphone at %i Hz into 20 ms frames at 16 kHz", (rate) => {
    const framer = new Framer(rate);
    const frames: ArrayBuffer[] = [];
    for (let at = 0; at < rate; at += 128) {
      const quantum = Float32Array.from({ length: 128 }, (_, i) => Math.sin((2 * Math.PI * 300 * (at + i)) / rate) / 2);
      frames.push(...framer.push(quantum));
    }
    expect(frames.length).toBeGreaterThanOrEqual(49);
    expect(frames.length).toBeLessThanOrEqual(50);
    for (const frame of frames) expect(frame.byteLength).toBe(640);
    const loudest = Math.max(...frames.flatMap((frame) => [...fromPcm16(frame)]));
    expect(loudest).toBeCloseTo(0.5, 2);
  });
});

describe("PCM", () => {
  it("comes back as it was, within half a step", () => {
    const samples = Float32Array.of(0, 0.5, -0.5, 0.123, -1);
    const back = fromPcm16(toPcm16(samples).buffer);
    back.forEach((v, i) => {
      expect(Math.abs(v - (samples[i] ?? 0))).toBeLessThanOrEqual(0.5 / 32768);
    });
  });

  it("clips what is too loud and leaves an odd byte out", () => {
    expect([...toPcm16(Float32Array.of(2, -2))]).toEqual([32767, -32768]);
    expect(fromPcm16(new ArrayBuffer(5))).toHaveLength(2);
  });
});
