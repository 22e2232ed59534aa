import { expect, it } from "vitest";
import { isValue } from "../../src/widget/frame/dress.ts";
import type { LookName } from "../../src/widget/look.ts";

const anything = (): boolean => true;

it("asks the browser whether a value is of its kind", () => {
  const asked: string[] = [];
  const supports = (property: string, value: string): boolean => {
    asked.push(`${property}: ${value}`);
    return value !== "nonsense";
  };
  expect(isValue("accent", "#0f5c63", supports)).toBe(true);
  expect(isValue("accent", "nonsense", supports)).toBe(false);
  expect(isValue("font", "Georgia, serif", supports)).toBe(true);
  expect(isValue("radius", "4px", supports)).toBe(true);
  expect(asked).toEqual(["color: #0f5c63", "color: nonsense", "font-family: Georgia, serif", "border-radius: 4px"]);
});

it.each<[LookName, string]>([
  ["background", "url(https://evil.example/x)"],
  ["background", "image-set('https://evil.example/x' 1x)"],
  ["accent", "var(--anything)"],
  ["accent", "red; background: red"],
  ["font", "a } * { display: none"],
  ["font", "\\75rl(x)"],
  ["text", "#".repeat(201)],
])("refuses %s: %s, whatever the browser says", (name, value) => {
  expect(isValue(name, value, anything)).toBe(false);
});
