import { html, type TemplateResult } from "lit/html.js";
import type { Model } from "../model.ts";
import { icon } from "./icons.ts";

/** Longest text that the server takes at once, characters. */
const MAX_CHARS = 1000;

/** The field to type in. What is not sent yet, because the guest is asked first, stays in it. */
export function composer({ texts, act }: Model): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).querySelector("input");
    if (field !== null && act.say(field.value)) field.value = "";
  };
  return html`
    <form class="composer" id="composer" @submit=${submit}>
      <label class="hidden" for="words">${texts.inputLabel}</label>
      <input
        id="words"
        type="text"
        maxlength=${MAX_CHARS}
        autocomplete="off"
        enterkeyhint="send"
        placeholder=${texts.inputHint}
      />
      <button id="send" type="submit" aria-label=${texts.send}><span>${texts.send}</span>${icon("send")}</button>
    </form>
  `;
}
