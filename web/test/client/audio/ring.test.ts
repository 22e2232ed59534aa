import { describe, expect, it } from "vitest";
import { SampleRing } from "../../../src/client/audio/ring.ts";

const take = (ring: SampleRing, count: number): number[] => Array.from({ length: count }, () => ring.shift());

describe("SampleRing", () => {
  it("gives samples back in order, across its own end and its growth", () => {
    const ring = new SampleRing(100_000);
    const seen: number[] = [];
    let next = 0;
    for (let round = 0; round < 40; round += 1) {
      const chunk = Float32Array.from({ length: 1000 + round * 37 }, () => next++);
      expect(ring.push(chunk)).toBe(chunk.length);
      seen.push(...take(ring, 900));
    }
    seen.push(...take(ring, ring.length));
    expect(seen).toEqual(Array.from({ length: next }, (_, i) => i));
  });

  it("refuses what does not fit, and keeps what it promised", () => {
    const ring = new SampleRing(4);
    expect(ring.push(Float32Array.of(1, 2, 3))).toBe(3);
    expect(ring.push(Float32Array.of(4, 5, 6))).toBe(1);
    expect(take(ring, 4)).toEqual([1, 2, 3, 4]);
  });

  it("is silent when it is empty or cleared", () => {
    const ring = new SampleRing(8);
    expect(ring.shift()).toBe(0);
    ring.push(Float32Array.of(1, 2));
    ring.clear();
    expect(ring.length).toBe(0);
    expect(ring.shift()).toBe(0);
  });

  it("refuses a capacity that is none", () => {
    expect(() => new SampleRing(0)).toThrow(RangeError);
  });
});
