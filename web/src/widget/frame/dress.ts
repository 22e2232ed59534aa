/** Puts a host's look on the panel: known names, and only values that are what they should be. */
import { LOOK, type LookName } from "../look.ts";
import type { Look } from "../messages.ts";

interface Place {
  /** The CSS property whose values it takes. */
  kind: "color" | "font-family" | "border-radius";
  /** What it is called in the panel's own styles. */
  variables: readonly string[];
}

const PLACES: Readonly<Record<LookName, Place>> = {
  accent: { kind: "color", variables: ["--river", "--wall"] },
  "on-accent": { kind: "color", variables: ["--on-river", "--glaze"] },
  background: { kind: "color", variables: ["--paper"] },
  surface: { kind: "color", variables: ["--card"] },
  text: { kind: "color", variables: ["--ink"] },
  muted: { kind: "color", variables: ["--soft"] },
  line: { kind: "color", variables: ["--line"] },
  font: { kind: "font-family", variables: ["--sans"] },
  "heading-font": { kind: "font-family", variables: ["--serif"] },
  radius: { kind: "border-radius", variables: ["--radius"] },
};

/** A value longer than this is no colour, font or length, characters. */
const LONGEST_VALUE = 200;

/** `url()` would let a host's page load something, `var()` and the like say nothing here. */
const CALLS_OUT = /url\s*\(|image|var\s*\(|env\s*\(|attr\s*\(|[;{}\\]/i;

/** @param supports `CSS.supports`. */
export function isValue(
  name: LookName,
  value: string,
  supports: (property: string, value: string) => boolean,
): boolean {
  return value.length <= LONGEST_VALUE && !CALLS_OUT.test(value) && supports(PLACES[name].kind, value);
}

export function dress(root: HTMLElement, look: Look): void {
  root.dataset["scheme"] = look.scheme === "light" || look.scheme === "dark" ? look.scheme : "auto";
  for (const name of LOOK) {
    const value = look.values[name] ?? "";
    const good = value !== "" && isValue(name, value, (property, given) => CSS.supports(property, given));
    for (const property of PLACES[name].variables) {
      if (good) root.style.setProperty(property, value);
      else root.style.removeProperty(property);
    }
  }
}
