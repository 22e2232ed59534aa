import { describe, expect, it } from "vitest";
import { readingAt } from "../../src/client/captions.ts";

const TEXT = "El Ático Ruzafa cuesta 120 € la noche. Tiene terraza.";
const CAPTIONS = [
  { text: "El Ático Ruzafa cuesta", startMs: 0, endMs: 1000 },
  { text: "ciento veinte euros", startMs: 1000, endMs: 2000 },
  { text: "la noche.", startMs: 2000, endMs: 2600 },
  { text: "Tiene terraza.", startMs: 2600, endMs: 3600 },
];
const at = (ms: number): [string, string] => {
  const { heard, now } = readingAt(TEXT, CAPTIONS, ms);
  return [TEXT.slice(0, heard), TEXT.slice(heard, now)];
};

describe("readingAt", () => {
  it("marks the words that are being said", () => {
    expect(at(0)).toEqual(["", "El Ático Ruzafa cuesta"]);
    expect(at(2100)).toEqual(["El Ático Ruzafa cuesta", " 120 € la noche."]);
    expect(at(3600)).toEqual([TEXT, ""]);
  });

  it("holds its place where the voice says other words than the text", () => {
    expect(at(1500)).toEqual(["El Ático Ruzafa cuesta", ""]);
  });

  it("marks nothing without captions", () => {
    expect(readingAt(TEXT, [], 500)).toEqual({ heard: 0, now: 0 });
  });
});
