import { expect, it } from "vitest";
import { stamp, unstamp } from "../../../src/client/connection/stamp.ts";

it("puts version, flags, stream and position before the samples, big-endian", () => {
  const frame = stamp(new Uint8Array([7, 8]).buffer, 0x1_0203_0405);
  expect([...new Uint8Array(frame)]).toEqual([1, 0, 0, 0, 2, 3, 4, 5, 7, 8]);
});

it("takes a frame of her voice apart, and none that has another version or no whole stamp", () => {
  const frame = new Uint8Array([1, 1, 2, 3, 0, 0, 0, 0, 9]).buffer;
  const taken = unstamp(frame);
  expect(taken?.stream).toBe(0x0203);
  expect([...new Uint8Array(taken?.payload ?? new ArrayBuffer(0))]).toEqual([9]);
  expect(unstamp(new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0]).buffer)).toBeNull();
  expect(unstamp(new ArrayBuffer(7))).toBeNull();
});
