import { describe, expect, it } from "vitest";
import { Format } from "../../src/console/format.ts";

const es = new Format("es");
const en = new Format("en");
/** Without the narrow blanks that `Intl` puts. */
const plain = (text: string): string => text.replaceAll(/\s/gu, " ");

describe("figures", () => {
  it("tell waits in the unit that fits", () => {
    expect(es.ms(412.4)).toBe("412 ms");
    expect(es.ms(2400)).toBe("2,4 s");
    expect(en.ms(2400)).toBe("2.4 s");
    expect(es.ms(null)).toBe("–");
  });

  it("tell small sums with as many digits as they need", () => {
    expect(plain(es.money(1.5))).toBe("1,50 $");
    expect(plain(en.money(0.0064))).toBe("$0.0064");
    expect(plain(es.money(0))).toBe("0,00 $");
    expect(es.money(null)).toBe("–");
  });

  it.each([
    [0.4, "0 s"],
    [59.4, "59 s"],
    [65, "1 min 05 s"],
    [3599.6, "1 h 00 min"],
    [4800, "1 h 20 min"],
  ])("tell %d seconds as %s", (seconds, said) => {
    expect(es.duration(seconds)).toBe(said);
  });

  it("tell positions and shares", () => {
    expect(es.position(67_400)).toBe("1:07");
    expect(es.position(-5)).toBe("0:00");
    expect(plain(es.percent(0.634))).toBe("63 %");
    expect(en.percent(0.634)).toBe("63%");
  });

  it("tell a day that the server counts by, whatever the browser's zone", () => {
    expect(es.day("2026-11-21")).toBe("21 nov");
    expect(es.when("no date")).toBe("–");
  });

  it("leave out the day of what was today", () => {
    const now = new Date();
    expect(es.recent(now.toISOString(), now)).toMatch(/^\d\d:\d\d$/);
    expect(es.recent("2020-01-02T12:00:00Z", now)).toMatch(/2 ene/);
  });

  it("name languages, also those that there are not", () => {
    expect(es.language("en")).toBe("inglés");
    expect(en.language("es")).toBe("Spanish");
    expect(en.language("!")).toBe("!");
  });
});
