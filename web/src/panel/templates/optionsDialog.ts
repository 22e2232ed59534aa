import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Model } from "../model.ts";
import { contactOf, isReachable } from "../panelState.ts";
import { fill } from "../texts/texts.ts";
import { contactLinks } from "./contact.ts";
import { eraseBox } from "./eraseBox.ts";
import { icon } from "./icons.ts";

/** What is needed now and then: the microphone, the transcript, privacy, a person, the keys. */
export function optionsDialog(model: Model): TemplateResult {
  const { panel, texts, act } = model;
  const contact = contactOf(panel);
  const close = (): void => {
    act.closeDialog("options");
  };
  return html`
    <dialog id="options-dialog" aria-labelledby="options-title" @close=${close}>
      <div class="bar">
        <h2 id="options-title">${texts.options.title}</h2>
        <button class="close" id="options-close" type="button" aria-label=${texts.options.close} @click=${close}>
          ${icon("close")}
        </button>
      </div>
      ${microphoneChoice(model)} ${transcriptTools(model)} ${privacyBox(model)}
      ${
        isReachable(contact)
          ? html`<section>
              <h3>${texts.options.person}</h3>
              ${contactLinks(model)} ${contact.address === "" ? nothing : html`<p class="note">${contact.address}</p>`}
            </section>`
          : nothing
      }
      <section class="keys">
        <h3>${texts.options.keys}</h3>
        <ul>
          ${Object.values(texts.keys).map((key) => html`<li>${key}</li>`)}
        </ul>
      </section>
    </dialog>
  `;
}

function microphoneChoice({ state, texts, act }: Model): TemplateResult {
  const { microphones } = state;
  return html`
    <section>
      <h3><label for="microphone">${texts.options.microphone}</label></h3>
      <select
        id="microphone"
        ?disabled=${microphones.length === 0}
        @change=${(event: Event) => {
          act.chooseMicrophone((event.currentTarget as HTMLSelectElement).value);
        }}
      >
        ${microphones.map(
          ({ id, label, inUse }, i) => html`
            <option value=${id} ?selected=${inUse}>
              ${label === "" ? fill(texts.options.unnamed, { number: i + 1 }) : label}
            </option>
          `,
        )}
      </select>
      ${microphones.length === 0 ? html`<p class="note">${texts.options.microphoneHint}</p>` : nothing}
    </section>
  `;
}

function transcriptTools({ state, panel, texts, act }: Model): TemplateResult {
  const empty = state.turns.length === 0;
  const told = { no: "", done: texts.options.copied, failed: texts.options.copyFailed }[panel.copied];
  const save = (kind: "txt" | "json") => (): void => {
    act.download(kind);
  };
  return html`
    <section>
      <h3>${texts.options.transcript}</h3>
      <div class="tools">
        <button class="quiet" id="copy" type="button" ?disabled=${empty} @click=${act.copy}>
          ${icon("copy")}<span>${texts.options.copy}</span>
        </button>
        <button class="quiet" id="save-txt" type="button" ?disabled=${empty} @click=${save("txt")}>
          ${icon("download")}<span>${texts.options.asText}</span>
        </button>
        <button class="quiet" id="save-json" type="button" ?disabled=${empty} @click=${save("json")}>
          ${icon("download")}<span>${texts.options.asJson}</span>
        </button>
      </div>
      <p class="note" id="copied" role="status">${empty ? texts.options.empty : told}</p>
    </section>
  `;
}

function privacyBox(model: Model): TemplateResult {
  const { state, panel, texts, act } = model;
  const { privacy } = panel.facts;
  return html`
    <section>
      <h3>${texts.options.privacy}</h3>
      <p class="note">${privacy.text[state.language] ?? texts.consent.text}</p>
      <div class="tools">
        <button
          class="quiet"
          id="review"
          type="button"
          @click=${() => {
            act.ask({ kind: "review" });
          }}
        >
          ${texts.options.review}
        </button>
        ${
          panel.erasing === "no" || panel.erasing === "done"
            ? html`<button class="quiet" id="erase" type="button" @click=${act.askErase}>
                ${icon("bin")}<span>${texts.erase.ask}</span>
              </button>`
            : nothing
        }
      </div>
      ${eraseBox(model)}
    </section>
  `;
}
