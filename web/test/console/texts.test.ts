import { describe, expect, it } from "vitest";
import { named, TEXTS } from "../../src/console/texts/index.ts";
import { filled } from "../../src/console/trial.ts";

function shape(value: unknown): unknown {
  if (typeof value === "string") return "text";
  if (typeof value === "function") return value.length;
  return Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, shape(part)]));
}

function walk(value: unknown, see: (text: string) => void): void {
  if (typeof value === "string") see(value);
  else if (typeof value === "function") see(String((value as (...given: unknown[]) => unknown)("1", "2", "3")));
  else
    Object.values(value as object).forEach((part) => {
      walk(part, see);
    });
}

describe("the console's texts", () => {
  it("have the same parts in both languages", () => {
    expect(shape(TEXTS.en)).toEqual(shape(TEXTS.es));
  });

  it.each(["es", "en"] as const)("have no empty one in %s, and none with a hole", (language) => {
    walk(TEXTS[language], (text) => {
      expect(text.trim()).not.toBe("");
      expect(text).not.toMatch(/undefined|null|NaN/);
    });
  });

  it("say what to do with every problem and every stage", () => {
    for (const texts of Object.values(TEXTS)) {
      for (const { todo } of Object.values(texts.problems)) expect(todo.length).toBeGreaterThan(10);
      for (const { why, todo } of Object.values(texts.stages))
        expect(Math.min(why.length, todo.length)).toBeGreaterThan(10);
    }
  });
});

describe("the faults of a trial", () => {
  const blanks = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

  it("leave the same blanks in both languages", () => {
    const left = (faults: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(faults).map(([code, text]) => [code, blanks(text)]));
    expect(left(TEXTS.en.tryOut.faults)).toEqual(left(TEXTS.es.tryOut.faults));
    expect(blanks(TEXTS.en.tryOut.meant)).toEqual(blanks(TEXTS.es.tryOut.meant));
  });

  it("have their values put in as they are, and keep a blank that there is none for", () => {
    expect(filled("«{a}» {b}", { a: "{b}" })).toBe("«{b}» {b}");
  });
});

it("knows a name that is there, and nothing that objects have by themselves", () => {
  expect(named({ a: 1 }, "a")).toBe(1);
  expect(named<number>({ a: 1 }, "toString")).toBeUndefined();
  expect(named({ a: 1 }, null)).toBeUndefined();
});
