import { html, type TemplateResult } from "lit";
import { SIGNS } from "./icons.ts";
import { icon } from "./parts.ts";
import type { Context } from "./view.ts";

const TOLD_MS = 2500;

/** Puts a text on the clipboard, and says so on the button itself. */
export function copyButton({ texts }: Context, text: string): TemplateResult {
  const copy = (event: Event): void => {
    const said = event.currentTarget instanceof HTMLElement ? event.currentTarget.querySelector("span") : null;
    void copied(text).then((done) => {
      if (said === null) return;
      said.textContent = done ? texts.common.copied : texts.common.copyFailed;
      setTimeout(() => (said.textContent = texts.common.copy), TOLD_MS);
    });
  };
  return html`<button class="quiet" type="button" @click=${copy}>
    ${icon(SIGNS.copy)}<span aria-live="polite">${texts.common.copy}</span>
  </button>`;
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or a page without https
  }
}
