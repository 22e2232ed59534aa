import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Model } from "../model.ts";
import { type Notice, noticeFor } from "../notices.ts";
import { contactLinks } from "./contact.ts";
import { icon } from "./icons.ts";

/** What the guest has to know, and the one thing to do about it; `liveRegions` tells screen readers. */
export function noticeBar(model: Model): TemplateResult {
  const { state, panel, texts, act } = model;
  const notice = noticeFor(state, panel, texts);
  const shown = notice !== null && notice.advice.title !== panel.dismissed;
  return html`
    <div class="notice" id="notice" data-tone=${notice?.tone ?? "note"} ?hidden=${!shown}>
      ${
        shown
          ? html`
              ${icon(notice.tone)}
              <div class="advice">
                <strong id="notice-title">${notice.advice.title}</strong>
                <p id="notice-text">${notice.advice.todo}</p>
              </div>
              <button
                class="close"
                id="notice-close"
                type="button"
                aria-label=${texts.close}
                @click=${() => {
                  act.dismiss(notice.advice.title);
                }}
              >
                ${icon("close")}
              </button>
              ${notice.action === null && !notice.person ? nothing : ways(notice, model)}
            `
          : nothing
      }
    </div>
  `;
}

/** What can be done about it, here or with a person. */
function ways({ action, person }: Notice, model: Model): TemplateResult {
  return html`
    <div class="ways">
      ${action === null ? nothing : actionButton(action, model)} ${person ? contactLinks(model) : nothing}
    </div>
  `;
}

function actionButton(action: NonNullable<Notice["action"]>, { texts, act }: Model): TemplateResult {
  const [label, does] = {
    retry: [texts.retry, act.retry] as const,
    sound: [texts.enableSound, act.sound] as const,
    voice: [texts.takeVoice, act.takeVoice] as const,
  }[action];
  return html`<button class="quiet" id="notice-action" type="button" @click=${does}>${label}</button>`;
}
