import { html, nothing, type TemplateResult } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { LANGUAGES, type Language } from "../../client/language.ts";
import type { Model } from "../model.ts";

/** What a language is called in itself. */
const NAMES: Record<Language, string> = { es: "Español", en: "English" };

/** Who answers and for whom, and the language. */
export function masthead({ state, panel, texts, act }: Model): TemplateResult {
  const { facts } = panel;
  return html`
    <header class="masthead">
      <a class="skip" href="#words">${texts.skip}</a>
      <div class="names">
        <h1>${facts.persona} ${facts.business === "" ? nothing : html`<span class="at">${texts.atBusiness}</span>`}</h1>
        ${facts.invented ? html`<p class="demo">${texts.demo}</p>` : nothing}
      </div>
      <fieldset class="languages">
        <legend class="hidden">${texts.languageLabel}</legend>
        ${LANGUAGES.map(
          (language) => html`
            <label lang=${language} title=${NAMES[language]}>
              <input
                type="radio"
                name="language"
                value=${language}
                aria-label=${NAMES[language]}
                .checked=${live(state.language === language)}
                @change=${() => {
                  act.setLanguage(language);
                }}
              /><span>${language.toUpperCase()}</span>
            </label>
          `,
        )}
      </fieldset>
    </header>
  `;
}
