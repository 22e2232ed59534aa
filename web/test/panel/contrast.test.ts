/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";
import css from "../../src/panel/styles/tokens.css?raw";

/** Text and the ground it stands on, everywhere in the panel; `wall-deep` is darker than `wall`, and light text better. */
const PAIRS = [
  ["ink", "paper"],
  ["ink", "card"],
  ["ink", "clay-wash"],
  ["ink", "river-wash"],
  ["ink", "alarm-wash"],
  ["ink", "now"],
  ["soft", "paper"],
  ["soft", "card"],
  ["soft", "clay-wash"],
  ["river", "paper"],
  ["river", "card"],
  ["river", "river-wash"],
  ["clay", "paper"],
  ["alarm", "card"],
  ["card", "alarm"],
  ["on-river", "river"],
  ["glaze", "wall"],
  ["glaze-soft", "wall"],
  ["naranja-deep", "wall"],
  ["on-naranja", "naranja"],
  ["on-naranja", "naranja-deep"],
] as const;

const read = (text: string) => [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, k, v]) => [k, v] as const);
const [day = "", night = "", asked = ""] = css.split(
  /@media \(prefers-color-scheme: dark\)|:root\[data-scheme="dark"\] \{/,
);

function tokens(scheme: "light" | "dark"): Map<string, string> {
  return new Map([...read(day), ...(scheme === "dark" ? read(night) : [])] as [string, string][]);
}

it("is as dark when a host asks for it as when the guest's system does", () => {
  expect(read(night).length).toBeGreaterThan(10);
  expect(read(asked)).toEqual(read(night));
});

function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each(["light", "dark"] as const)("in %s", (scheme) => {
  const known = tokens(scheme);

  it.each(PAIRS)("%s on %s can be read", (text, ground) => {
    const pair = [known.get(text), known.get(ground)] as const;
    expect(pair).not.toContain(undefined);
    expect(contrast(pair[0] ?? "", pair[1] ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  it("her lit star and the guest's circle stand out from the wall", () => {
    for (const name of ["glaze", "naranja"]) {
      expect(contrast(known.get(name) ?? "", known.get("wall") ?? "")).toBeGreaterThanOrEqual(3);
    }
  });
});
