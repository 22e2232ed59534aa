import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Choice } from "../consent.ts";
import type { Model } from "../model.ts";

/** The notice before the first word: who answers, what is kept, and the guest's choice. Esc leaves all as it was. */
export function consentDialog({ state, panel, texts, act }: Model): TemplateResult {
  const { privacy } = panel.facts;
  const answer = (choice: Choice) => (): void => {
    act.answer(choice);
  };
  const close = (): void => {
    act.closeDialog("consent");
  };
  return html`
    <dialog id="consent" aria-labelledby="consent-title" aria-describedby="consent-text" @close=${close}>
      <h2 id="consent-title">${texts.consent.title}</h2>
      <p class="lead" id="consent-text">${privacy.text[state.language] ?? texts.consent.text}</p>
      <p>${texts.consent.microphone}</p>
      ${
        privacy.url === ""
          ? nothing
          : html`<p><a href=${privacy.url} target="_blank" rel="noreferrer">${texts.consent.more}</a></p>`
      }
      <div class="choices">
        <button class="primary" id="consent-accept" type="button" @click=${answer("voice")}>
          ${texts.consent.accept}
        </button>
        <button class="quiet" id="consent-text-only" type="button" @click=${answer("text")}>
          ${texts.consent.textOnly}
        </button>
        <button class="quiet" id="consent-no" type="button" @click=${answer("no")}>${texts.consent.no}</button>
      </div>
    </dialog>
  `;
}
