import { beforeEach, describe, expect, it } from "vitest";
import { Duck } from "../../../src/client/audio/duck.ts";

const RATE = 48_000;
let told: boolean[];
let duck: Duck;

/** Renders so many ms; the last gain. */
const render = (ms: number): number => {
  let gain = 1;
  for (let frame = 0; frame < (ms * RATE) / 1000; frame += 1) gain = duck.next();
  return gain;
};

beforeEach(() => {
  told = [];
  duck = new Duck(RATE, (on) => void told.push(on));
});

describe("Duck", () => {
  it("is down 12 dB within 10 ms of an onset", () => {
    duck.onset();
    expect(20 * Math.log10(render(10.1))).toBeCloseTo(-12, 1);
    expect(told).toEqual([true]);
  });

  it("comes back when the server does not confirm, and then trusts onsets less and less", () => {
    duck.onset();
    render(690);
    expect(told).toEqual([true]);
    expect(render(40)).toBe(1);
    expect(told).toEqual([true, false]);
    duck.onset();
    render(900);
    expect(told).toHaveLength(2);
    render(200);
    duck.onset();
    expect(told).toHaveLength(3);
    render(720 + 1500);
    duck.onset();
    expect(told).toHaveLength(4);
  });

  it("stays down once the server has confirmed, until its word", () => {
    duck.onset();
    render(200);
    duck.server(true);
    expect(render(5000)).toBeCloseTo(0.251, 3);
    duck.server(false);
    expect(render(25)).toBe(1);
    expect(told).toEqual([true, false]);
  });

  it("trusts onsets again after one that was confirmed", () => {
    duck.onset();
    render(700 + 1100);
    duck.onset();
    duck.server(true);
    duck.server(false);
    duck.onset();
    expect(told).toEqual([true, false, true, false, true]);
  });

  it("is undone at once by the server's word, and by the end of her voice", () => {
    duck.onset();
    duck.server(false);
    duck.onset();
    duck.over();
    expect(told).toEqual([true, false, true, false]);
  });
});
