import { beforeEach, describe, expect, it } from "vitest";
import { Pulse } from "../../../src/client/connection/pulse.ts";

let pulse: Pulse;
let clock: number;

/** A ping that takes so long. */
const ping = (ms: number): void => {
  pulse.sent(clock);
  clock += ms;
  pulse.answered(ms);
};
const many = (count: number, ms: number): void => {
  for (let i = 0; i < count; i += 1) ping(ms);
};

beforeEach(() => {
  pulse = new Pulse();
  clock = 1000;
  many(4, 30);
});

describe("Pulse", () => {
  it("takes two late answers for a poor link, one for a hiccup", () => {
    ping(400);
    ping(40);
    ping(400);
    expect(pulse.slow).toBe(false);
    ping(400);
    expect(pulse.slow).toBe(true);
  });

  it("needs ten good answers in a row to think well of it again", () => {
    many(2, 900);
    many(9, 60);
    ping(200);
    many(9, 60);
    expect(pulse.slow).toBe(true);
    ping(60);
    expect(pulse.slow).toBe(false);
  });

  it("takes a long way for no poor link: what counts is how much longer it becomes", () => {
    pulse = new Pulse();
    many(20, 600);
    expect(pulse.slow).toBe(false);
  });

  it("asks every two seconds, on a poor link more often, and never twice at once", () => {
    pulse.sent(clock);
    expect(pulse.due(clock + 5000)).toBe(false);
    pulse.answered(30);
    expect([pulse.due(clock + 1990), pulse.due(clock + 2000)]).toEqual([false, true]);
    many(2, 900);
    expect([pulse.due(clock - 900 + 490), pulse.due(clock - 900 + 500)]).toEqual([false, true]);
  });

  it("calls sound late after half a second without an answer, and the link lost after three", () => {
    pulse.sent(clock);
    expect(pulse.verdict(clock + 520)).toBe("on_time");
    expect(pulse.verdict(clock + 540)).toBe("late");
    expect(pulse.verdict(clock + 3040)).toBe("lost");
    pulse.reset();
    expect(pulse.verdict(clock + 9000)).toBe("on_time");
  });
});
