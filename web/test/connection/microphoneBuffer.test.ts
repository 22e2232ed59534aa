import { expect, it } from "vitest";
import { MicrophoneBuffer } from "../../src/connection/microphoneBuffer.ts";

const frames = (count: number): ArrayBuffer[] => Array.from({ length: count }, () => new ArrayBuffer(640));
const keep = (buffer: MicrophoneBuffer, kept: ArrayBuffer[]): void => {
  for (const frame of kept) buffer.keep(frame);
};

it("keeps the newest two seconds until they are taken", () => {
  const buffer = new MicrophoneBuffer();
  const early = frames(130);
  keep(buffer, early);
  expect(buffer.take()).toEqual(early.slice(-100));
  expect(buffer.take()).toEqual([]);
  buffer.keep(new ArrayBuffer(640));
  buffer.clear();
  expect(buffer.take()).toEqual([]);
});

it("keeps what could not be sent, in its order, up to ten seconds of it", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(700);
  keep(buffer, all.slice(0, 10));
  buffer.take();
  buffer.unsent(4);
  keep(buffer, all.slice(10, 20));
  expect(buffer.take()).toEqual(all.slice(6, 20));
  keep(buffer, all.slice(20));
  expect(buffer.take()).toEqual(all.slice(-500));
});

it("gives an utterance that was cut off again, from a second before it was heard", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(200);
  keep(buffer, all.slice(0, 120));
  buffer.take();
  buffer.speechStarted();
  keep(buffer, all.slice(120, 150));
  buffer.take();
  keep(buffer, all.slice(150)); // nobody was connected
  buffer.again();
  expect(buffer.take()).toEqual(all.slice(70));
});
