import { expect, it } from "vitest";
import { MicrophoneBuffer } from "../../../src/client/connection/microphoneBuffer.ts";

const frames = (count: number): ArrayBuffer[] => Array.from({ length: count }, () => new ArrayBuffer(640));
const taken = (buffer: MicrophoneBuffer): ArrayBuffer[] => buffer.take().map(({ frame }) => frame);
const keep = (buffer: MicrophoneBuffer, kept: ArrayBuffer[]): void => {
  for (const frame of kept) buffer.keep(frame);
};

it("keeps the newest two seconds until they are taken", () => {
  const buffer = new MicrophoneBuffer();
  const early = frames(130);
  keep(buffer, early);
  expect(taken(buffer)).toEqual(early.slice(-100));
  expect(taken(buffer)).toEqual([]);
  buffer.keep(new ArrayBuffer(640));
  buffer.clear();
  expect(taken(buffer)).toEqual([]);
});

it("keeps what could not be sent, in its order, up to ten seconds of it", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(700);
  keep(buffer, all.slice(0, 10));
  buffer.take();
  buffer.unsent(4);
  keep(buffer, all.slice(10, 20));
  expect(taken(buffer)).toEqual(all.slice(6, 20));
  keep(buffer, all.slice(20));
  expect(taken(buffer)).toEqual(all.slice(-500));
});

it("gives an utterance that was cut off again, from a second before it was heard", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(200);
  keep(buffer, all.slice(0, 120));
  buffer.take();
  buffer.arrived(buffer.next);
  buffer.speechStarted(1);
  keep(buffer, all.slice(120, 150));
  buffer.take();
  keep(buffer, all.slice(150)); // nobody was connected
  buffer.again(1);
  buffer.resumed();
  expect(taken(buffer)).toEqual(all.slice(70));
});

it("gives of several utterances that were cut off the first again, and all that came after it", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(300);
  keep(buffer, all.slice(0, 100));
  buffer.take();
  buffer.speechStarted(1);
  keep(buffer, all.slice(100, 200));
  buffer.take();
  buffer.speechOver(); // its words were awaited
  buffer.speechStarted(2);
  keep(buffer, all.slice(200));
  buffer.take();
  buffer.speechStarted(1, true); // the next process tells of it once more, so that its end can follow
  buffer.again(1);
  buffer.again(2);
  buffer.resumed();
  expect(taken(buffer)).toEqual(all.slice(50));
});

it("gives again what may not have arrived, and a second before that, in which the guest may have begun", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(300);
  keep(buffer, all.slice(0, 100));
  buffer.take();
  buffer.arrived(buffer.next);
  keep(buffer, all.slice(100));
  buffer.take();
  buffer.resumed();
  expect(taken(buffer)).toEqual(all.slice(50));
  buffer.resumed(); // lost once more before anything of that is known to have arrived
  expect(taken(buffer)).toEqual(all.slice(50));
});

it("gives what was said again once more when that is lost too", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(150);
  keep(buffer, all.slice(0, 100));
  buffer.take();
  buffer.speechStarted(1);
  keep(buffer, all.slice(100));
  buffer.take();
  buffer.speechOver(); // its words were awaited when the process ended
  buffer.again(1);
  buffer.resumed();
  expect(taken(buffer)).toHaveLength(100);
  buffer.resumed(); // the connection went before the server told that it heard it
  expect(taken(buffer)).toHaveLength(100);
});

it("gives nothing again of an utterance that was over", () => {
  const buffer = new MicrophoneBuffer();
  const all = frames(200);
  keep(buffer, all.slice(0, 100));
  buffer.take();
  buffer.speechStarted(1);
  buffer.speechOver();
  keep(buffer, all.slice(100, 110));
  buffer.take();
  buffer.resumed();
  expect(taken(buffer)).toEqual(all.slice(100, 110));
});

it("numbers frames as the microphone gave them, whatever was left out", () => {
  const buffer = new MicrophoneBuffer();
  keep(buffer, frames(10));
  expect(buffer.take().map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  keep(buffer, frames(30));
  expect(buffer.skipAllBut(25)).toBe(5);
  expect(buffer.skipAllBut(25)).toBe(0);
  expect(buffer.take()[0]?.number).toBe(15);
  buffer.clear();
  keep(buffer, frames(1));
  expect(buffer.take()[0]?.number).toBe(40);
});
