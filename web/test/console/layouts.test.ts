import { describe, expect, it } from "vitest";
import { heaped } from "../../src/console/chartParts.ts";
import { extended, refreshed, windowOf } from "../../src/console/callList.ts";
import { hearing, stretches } from "../../src/console/callTime.ts";
import { ticks, waterfall } from "../../src/console/waterfall.ts";
import { call, detail, turn } from "./made.ts";

describe("the waterfall", () => {
  const stages = [
    { name: "endpoint", start_ms: 0, ms: 200 },
    { name: "first_text", start_ms: 200, ms: 300 },
    { name: "sent", start_ms: 500, ms: 0 },
  ];

  it("lays each stage where it was, in parts of the whole", () => {
    const { bars, total } = waterfall(stages, "first_text");
    expect(total).toBe(500);
    expect(bars[0]).toMatchObject({ left: 0, width: 40, slow: false });
    expect(bars[1]).toMatchObject({ left: 40, width: 60, slow: true });
  });

  it("shows a stage that took no time, within the picture", () => {
    const bar = waterfall(stages, null).bars[2];
    expect(bar?.width).toBeGreaterThan(0);
    expect((bar?.left ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(100);
  });

  it("is empty without stages", () => {
    expect(waterfall([], null)).toEqual({ bars: [], total: 0, ticks: [] });
  });

  it.each([
    [0, []],
    [480, [0, 100, 200, 300, 400]],
    [1100, [0, 500, 1000]],
    [90_000, [0, 20_000, 40_000, 60_000, 80_000]],
  ])("has round marks for %d ms", (total, marks) => {
    expect(ticks(total)).toEqual(marks);
  });
});

describe("the list of calls", () => {
  const calls = (...names: string[]) => names.map((session) => call({ session }));
  const names = (list: { calls: readonly { session: string }[] }) => list.calls.map(({ session }) => session).join("");

  it("takes new calls in before those that it has, and keeps the older ones", () => {
    const list = { calls: calls("c", "b", "a"), next: "n" };
    const page = { calls: [...calls("d"), call({ session: "c", turns: 9 })], next: "m" };
    const merged = refreshed(list, page);
    expect(names(merged)).toBe("dcba");
    expect(merged.calls[1]?.turns).toBe(9);
    expect(merged.next).toBe("n");
  });

  it("begins anew where nothing of the newest page was known: something may be missing between them", () => {
    expect(names(refreshed({ calls: calls("b", "a"), next: null }, { calls: calls("z", "y"), next: "x" }))).toBe("zy");
  });

  it("drops a call that was erased", () => {
    expect(names(refreshed({ calls: calls("c", "b", "a"), next: null }, { calls: calls("c", "a"), next: null }))).toBe(
      "ca",
    );
  });

  it("has no call twice when a page overlaps", () => {
    const grown = extended({ calls: calls("c", "b"), next: "n" }, { calls: calls("b", "a"), next: null });
    expect(names(grown)).toBe("cba");
    expect(grown.next).toBeNull();
  });

  it("draws the rows in sight and some beyond, never more", () => {
    const shown = windowOf(10_000, 50, 250_000, 800);
    expect(shown.from).toBeLessThan(5000);
    expect(shown.to).toBeGreaterThan(5016);
    expect(shown.to - shown.from).toBeLessThan(60);
    expect(windowOf(3, 50, 0, 800)).toEqual({ from: 0, to: 3 });
    expect(windowOf(10_000, 50, -300, 800).from).toBe(0);
    expect(windowOf(100, 50, 1e9, 800).to).toBe(100);
  });
});

describe("a call in time", () => {
  it("has each answer where it sounded", () => {
    const at = (ms: number) => new Date(Date.parse("2026-11-21T10:00:00Z") + ms).toISOString();
    const turns = [
      turn({ turn: 1, at: at(10_000), audio_ms: 5000, voice_to_voice_ms: 0 }),
      turn({ turn: 2, at: at(50_000), audio_ms: null, captions: [], interrupted: "barge_in" }),
    ];
    const [first, second] = stretches(detail({ seconds: 100, started_at: at(0), turns }));
    expect(first).toMatchObject({ left: 10, width: 5, interrupted: false });
    expect(second).toMatchObject({ turn: 2, interrupted: true });
    expect(second?.width).toBeGreaterThan(0);
  });

  const captions = [
    { text: "Uno", start_ms: 0, end_ms: 300 },
    { text: "dos", start_ms: 300, end_ms: 600 },
    { text: "tres", start_ms: 600, end_ms: 900 },
  ];

  it("has every word heard that nobody interrupted", () => {
    const heard = hearing(turn({ captions, audio_ms: 1000 }));
    expect(heard.words.every((word) => word.heard)).toBe(true);
    expect(heard.heardMs).toBe(1000);
  });

  it("tells what was heard from what was cut", () => {
    const heard = hearing(turn({ captions, audio_ms: null, interrupted: "barge_in", heard_text: "Uno dos" }));
    expect(heard.words.map((word) => word.heard)).toEqual([true, true, false]);
    expect(heard).toMatchObject({ heardMs: 600, wholeMs: 900 });
  });

  it("has nothing heard of an answer that was cut before its first word", () => {
    expect(hearing(turn({ captions, interrupted: "client", heard_text: null })).heardMs).toBe(0);
  });
});

it("heaps each series on those before it", () => {
  expect(heaped([{ values: [1, null] }, { values: [2, 3] }])).toEqual([
    [1, 0],
    [3, 3],
  ]);
});
