import { beforeEach, describe, expect, it } from "vitest";
import { Uplink } from "../../../src/client/connection/uplink.ts";

let sent: { position: number; bytes: number }[];
let open: boolean;
let uplink: Uplink;

const keep = (count: number): void => {
  for (let i = 0; i < count; i += 1) uplink.keep(new ArrayBuffer(640));
};

beforeEach(() => {
  [sent, open] = [[], true];
  uplink = new Uplink({
    send: (frame) => {
      if (open) sent.push({ position: new DataView(frame).getUint32(4), bytes: frame.byteLength });
      return open;
    },
    encodingFailed: () => undefined,
  });
});

describe("Uplink", () => {
  it("stamps frames with their place, also after a time in which nothing went out", () => {
    keep(2);
    uplink.flow();
    open = false;
    keep(2);
    uplink.flow();
    open = true;
    uplink.flow();
    expect(sent.map(({ position }) => position)).toEqual([0, 320, 640, 960]);
    expect(sent[0]?.bytes).toBe(648);
  });

  it("drops all but the newest half second of what is late, says how much, and shows it in the stamps", () => {
    keep(1);
    uplink.flow();
    keep(40);
    expect(uplink.shed()).toBe(true);
    expect(uplink.shed()).toBe(false);
    expect(uplink.droppedMs).toBe(300);
    uplink.flow();
    expect(sent).toHaveLength(26);
    expect(sent[1]?.position).toBe(16 * 320);
    uplink.anew();
    expect(uplink.droppedMs).toBe(0);
  });

  it("knows from the answer to its own ping what has arrived, and sends the rest again over the next connection", () => {
    keep(60);
    uplink.flow();
    uplink.pinged(1);
    keep(20);
    uplink.flow();
    uplink.pinged(2);
    uplink.ponged(2); // of a ping that was sent while another was under way
    uplink.resumed();
    uplink.flow();
    expect(sent.slice(80).map(({ position }) => position)[0]).toBe(0);
    uplink.pinged(3);
    uplink.ponged(3);
    keep(5);
    uplink.flow();
    sent = [];
    uplink.resumed();
    uplink.flow();
    expect(sent[0]?.position).toBe((80 - 50) * 320);
    expect(sent).toHaveLength(55);
  });

  it("sends an utterance again that was cut off", () => {
    keep(100);
    uplink.flow();
    uplink.speechStarted(4, false);
    keep(30);
    uplink.flow();
    sent = [];
    uplink.speechStopped(4, true);
    uplink.flow();
    expect(sent.map(({ position }) => position / 320)).toEqual(Array.from({ length: 80 }, (_, i) => 50 + i));
  });

  it("sends a recording as it comes and keeps none of it", () => {
    uplink.comesAs("webm");
    expect(uplink.format).toEqual({ encoding: "webm", sample_rate: null });
    expect(uplink.compressible).toBe(false);
    open = false;
    uplink.keep(new ArrayBuffer(100));
    open = true;
    uplink.keep(new ArrayBuffer(200));
    uplink.flow();
    expect(sent.map(({ bytes }) => bytes)).toEqual([208]);
  });
});
