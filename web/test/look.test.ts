/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";
import language from "../../docs/design-language.md?raw";
import tokens from "../src/panel/styles/tokens.css?raw";

const SHEETS = import.meta.glob<string>("../src/**/*.css", { query: "?raw", import: "default", eager: true });
const THEME = /\(prefers-color-scheme|\[data-scheme|\[theme=/;

/** The rules of a sheet: what each is for, with the at-rules around it, and what it sets. */
function rules(css: string): { where: string; sets: string[] }[] {
  const found: { where: string; sets: string[] }[] = [];
  const open: string[] = [];
  for (const [, text = "", end] of css.replaceAll(/\/\*[^]*?\*\//g, "").matchAll(/([^{};]*)([{};])/g)) {
    const said = text.trim();
    if (end === "{") {
      open.push(said);
      found.push({ where: open.join(" "), sets: [] });
      continue;
    }
    if (said !== "") found.findLast(({ where }) => where === open.join(" "))?.sets.push(said.split(":", 1)[0] ?? "");
    if (end === "}") open.pop();
  }
  return found;
}

it("is another by night in its colours alone: what holds for anything else by day holds then too", () => {
  const themed = Object.values(SHEETS)
    .flatMap(rules)
    .filter(({ where }) => THEME.test(where));
  const sets = new Set(themed.flatMap((rule) => rule.sets));
  expect(sets.size).toBeGreaterThan(10);
  expect([...sets].filter((name) => !name.startsWith("--") && name !== "color-scheme")).toEqual([]);
});

describe("the design language", () => {
  const table = [...language.matchAll(/^\| (`[^|]+) \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)];
  const [day = "", night = ""] = tokens.split("@media (prefers-color-scheme: dark)");
  const colour = (css: string, name: string) => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css)?.[1];
  const coded = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

  it("names the colours that there are", () => {
    expect(table.length).toBeGreaterThan(5);
    for (const [, names, byDay, byNight] of table) {
      expect(coded(byDay)).toEqual(coded(names).map((name) => colour(day, name)));
      const later = coded(names).map((name) => colour(night.split("}")[0] ?? "", name));
      if (byNight === "the same") expect(later.every((each) => each === undefined)).toBe(true);
      else expect(coded(byNight)).toEqual(later);
    }
  });

  it("names the sizes that there are", () => {
    const sizes = [...tokens.matchAll(/--text-\w+: ([\d.]+)rem;/g)].map(([, rem]) => Number(rem) * 16);
    expect(language).toContain(`\n${sizes.slice(0, -1).join(", ")} and ${String(sizes.at(-1))} px.`);
  });
});
