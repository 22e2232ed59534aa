import { describe, expect, it } from "vitest";
import { ServerClock } from "../../../src/client/connection/serverClock.ts";

const OFFSET = 1_780_000_000_000;
const pong = (clock: ServerClock, sent: number, up: number, down: number, drift = 0): boolean => {
  const { t } = clock.ping(sent);
  const at = OFFSET + (sent + up) * (1 + drift);
  return clock.pong({ type: "pong", seq: 1, t: t ?? null, at }, sent + up + down);
};

describe("ServerClock", () => {
  it("knows nothing before the first pong, or from one without the server's time", () => {
    const clock = new ServerClock();
    expect(clock.toServer(1)).toBeNull();
    clock.pong({ type: "pong", seq: 1, t: 5, at: null }, 10);
    clock.pong({ type: "pong", seq: 1, t: null, at: OFFSET }, 10);
    expect(clock.toServer(1)).toBeNull();
    expect(clock.roundTripMs(1)).toBeNull();
  });

  it("is exact when both ways take as long", () => {
    const clock = new ServerClock();
    pong(clock, 100, 25, 25);
    expect(clock.toServer(500)).toBeCloseTo(OFFSET + 500, 3);
    expect(clock.roundTripMs(500)).toBe(50);
  });

  it("goes by the shortest way, not the last", () => {
    const clock = new ServerClock();
    pong(clock, 100, 10, 10);
    pong(clock, 200, 10, 70);
    expect(clock.toServer(500)).toBeCloseTo(OFFSET + 500, 3);
  });

  it("goes by a newer one when drift has made the best one worse", () => {
    const clock = new ServerClock();
    pong(clock, 0, 10, 10, 200e-6);
    pong(clock, 600_000, 30, 30, 200e-6);
    expect(clock.roundTripMs(600_100)).toBe(60);
    expect(Math.abs((clock.toServer(600_100) ?? 0) - OFFSET - 600_100 * (1 + 200e-6))).toBeLessThan(1);
  });

  it("asks for four pongs in a row, and again after a reset", () => {
    const clock = new ServerClock();
    const more = (): boolean[] => [0, 1, 2, 3, 4].map((n) => pong(clock, n * 100, 5, 5));
    expect(more()).toEqual([true, true, true, false, false]);
    clock.reset();
    expect(clock.toServer(1)).toBeNull();
    expect(more()).toEqual([true, true, true, false, false]);
  });

  it("keeps the last sixteen", () => {
    const clock = new ServerClock();
    pong(clock, 0, 1, 1);
    for (let n = 1; n <= 16; n += 1) pong(clock, n * 100, 20, 20);
    expect(clock.roundTripMs(2000)).toBe(40);
  });
});
