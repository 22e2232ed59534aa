/** The variables that reach into the frame; those of the launcher and the panel's box are plain CSS (`widget.css`). */
import type { Look } from "./messages.ts";

/** `--sandra-NAME` on the element. */
export const LOOK = [
  "accent",
  "on-accent",
  "background",
  "surface",
  "text",
  "muted",
  "line",
  "font",
  "heading-font",
  "radius",
] as const;

export type LookName = (typeof LOOK)[number];

/** What the host's page has set for the element. */
export function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const values: Record<string, string> = {};
  for (const name of LOOK) {
    const value = style.getPropertyValue(`--sandra-${name}`).trim();
    if (value !== "") values[name] = value;
  }
  const scheme = element.getAttribute("theme");
  return { scheme: scheme === "light" || scheme === "dark" ? scheme : "auto", values };
}
