import { expect, it } from "vitest";
import { MicrophoneBuffer } from "../../src/connection/microphoneBuffer.ts";

it("keeps the newest two seconds until they are taken", () => {
  const buffer = new MicrophoneBuffer();
  const frames = Array.from({ length: 130 }, () => new ArrayBuffer(640));
  for (const frame of frames) buffer.keep(frame);
  expect(buffer.take()).toEqual(frames.slice(-100));
  expect(buffer.take()).toEqual([]);
  buffer.keep(new ArrayBuffer(640));
  buffer.clear();
  expect(buffer.take()).toEqual([]);
});
