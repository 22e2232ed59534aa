import { describe, expect, it } from "vitest";
import { heaviest, type Known, matters, usedShare } from "../../src/console/attention.ts";
import { csv } from "../../src/console/csv.ts";
import { Format } from "../../src/console/format.ts";
import { idOf, knowledgeEntry } from "../../src/console/knowledgeEntry.ts";
import { saved, summed } from "../../src/console/sums.ts";
import { TEXTS } from "../../src/console/texts/index.ts";
import {
  askedGap,
  codeOf,
  draftOf,
  faultsOf,
  lineAt,
  type Present,
  wishOf,
  withEntry,
} from "../../src/console/trial.ts";

const NOTHING: Known = { engines: null, costs: null, latency: null, gaps: null, library: null };
const TODAY = "2026-11-21";
const told = (known: Partial<Known>) => matters({ ...NOTHING, ...known }, TODAY, TEXTS.es, new Format("es"));
const engines = {
  mode: "embedded",
  ladders: { llm: [{ engine: "openai", state: "open", in_use: false } as const] },
  ready: true,
  degraded: true,
  sessions: 0,
  places: 8,
  missing: [] as string[],
  store_failing: false,
  store_waiting: 0,
};

describe("what asks for attention", () => {
  it("is nothing where all is well", () => {
    expect(told({})).toEqual([]);
  });

  it("tells an engine that is out, and a kind of which none is left before it", () => {
    expect(told({ engines })[0]).toMatchObject({ level: "alarm", title: "openai no responde", href: "#/engines" });
    expect(told({ engines: { ...engines, missing: ["llm"] } }).map(({ title }) => title)).toEqual([
      "Ningún motor para pensar",
    ]);
    expect(told({ engines: { ...engines, store_failing: true } })).toHaveLength(2);
  });

  it("tells a cap that is near, and no other", () => {
    const costs = (used: number | null) => ({ days: [], a_minute: 0, caps: [{ cap: "day", limit: 20, used }] });
    expect(told({ costs: costs(15.9) })).toEqual([]);
    expect(told({ costs: costs(16) })[0]?.href).toBe("#/costs");
    expect(usedShare({ cap: "day", limit: null, used: 3 })).toBeNull();
    expect(usedShare({ cap: "call", limit: 1, used: null })).toBeNull();
  });

  it("tells a slow day with the stage that weighs most", () => {
    const stages = { endpoint: { p50: 200, p95: 300 }, first_text: { p50: 300, p95: 1100 } };
    const day = { turns: 9, p50: 600, p95: 1500, p99: 2000, stages };
    const latency = { days: [{ day: TODAY, ...day }], overall: day };
    expect(told({ latency })[0]?.todo).toContain("el cerebro");
    expect(heaviest({})).toBeNull();
    expect(told({ latency: { ...latency, days: [{ ...day, day: "2026-11-20" }] } })).toEqual([]);
  });
});

describe("the entry for the knowledge file", () => {
  it("has a name of the question's telling words, and a place for each language", () => {
    expect(idOf("¿Tienen cuna para el bebé?")).toBe("cuna_bebe");
    expect(idOf("¿Y a mí qué?")).not.toBe("");
    expect(idOf("¿…?")).toBe("new_fact");
    const entry = knowledgeEntry(askedGap('¿Hay "spa"?', "es"), ["es", "en"], (code) => `[${code}]`);
    expect(entry).toContain('es: ["¿Hay \\"spa\\"?"]');
    expect(entry).toContain('en: "[en]"');
    expect(entry.split("\n")[0]).toBe("  - id: spa");
  });

  it("goes into the facts, before the others", () => {
    expect(withEntry("a: b\nfacts:\n  - id: x\n", "  - id: y\n")).toBe("a: b\nfacts:\n  - id: y\n\n  - id: x\n");
    expect(withEntry("a: b\n", "  - id: y\n")).toBe("a: b\n\nfacts:\n  - id: y\n");
  });
});

describe("a trial", () => {
  const present: Present = {
    persona: { name: "Sandra", greeting: { es: "Hola", en: "Hi" } },
    voices: ["kokoro", "elevenlabs:x"],
    languages: ["es", "en"],
    knowledge: "facts:\n",
  };

  it("asks only for what was changed", () => {
    const draft = draftOf(present);
    expect(wishOf(draft, present)).toEqual({});
    const changed = { ...draft, name: "Lucía", greeting: { es: "Buenas", en: "Hi" }, voice: "elevenlabs:x" };
    expect(wishOf(changed, present)).toEqual({
      persona: { name: "Lucía", greeting: { es: "Buenas" } },
      voice: "elevenlabs:x",
    });
    expect(wishOf({ ...draft, knowledge: "x" }, present)).toEqual({ knowledge: "x" });
  });

  it("finds the line of an error", () => {
    expect(lineAt("one\ntwo\nthree", 2)).toEqual({ start: 4, end: 7 });
    expect(lineAt("one", 9).end).toBeGreaterThanOrEqual(lineAt("one", 9).start);
  });

  it("reads what is wrong only where something is", () => {
    const fault = { where: "voice", line: 0, problem: "p", todo: "t" };
    expect(faultsOf({ code: "trial_invalid", errors: [fault] })).toEqual([fault]);
    for (const body of [null, "text", {}, { errors: "x" }]) expect(faultsOf(body)).toEqual([]);
    expect(codeOf({ code: "trials_full" })).toBe("trials_full");
    expect(codeOf(null)).toBe("");
  });
});

describe("a table for a spreadsheet", () => {
  it("quotes what has to be, and lets no text be a formula", () => {
    expect(
      csv(
        ["a", "b"],
        [
          ['say "hi"', 1.5],
          ["x,y\nz", null],
        ],
      ),
    ).toBe('a,b\r\n"say ""hi""",1.5\r\n"x,y\nz",\r\n');
    for (const text of ["=1+1", "+34 600", "-x", "@x"]) expect(csv([], [[text]])).toContain(`'${text}`);
    expect(csv([], [[-1]])).toContain("-1");
  });
});

describe("sums of days", () => {
  const day = (minutes: number, tts: number, share: number) => ({
    day: TODAY,
    calls: 1,
    minutes,
    dollars: tts,
    stt: 0,
    llm: 0,
    tts,
    library_share: share,
  });

  it("weigh the library's share by what was talked", () => {
    expect(summed([day(9, 1, 1), day(1, 1, 0)]).libraryShare).toBeCloseTo(0.9);
    expect(summed([]).libraryShare).toBeNull();
  });

  it("price what the library said like what was synthesised", () => {
    expect(saved([day(1, 2, 0.5)])).toBe(2);
    expect(saved([day(1, 0, 1)])).toBe(0);
  });
});
