import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Contact } from "../facts.ts";
import type { Model } from "../model.ts";
import { contactOf } from "../panelState.ts";
import { fill, type Texts } from "../texts/texts.ts";

/** How the house can be asked for what cannot be deleted from here. */
export function askedBy({ phone, whatsapp, email }: Contact, { erase: { by } }: Texts): string {
  if (phone !== "") return fill(by.phone, { phone });
  if (whatsapp !== "") return fill(by.whatsapp, { whatsapp });
  return email === "" ? by.house : fill(by.email, { email });
}

/** Deleting the guest's data: the question, the wait, and what came of it. */
export function eraseBox({ state, panel, texts, act }: Model): TemplateResult {
  const { erasing } = panel;
  const { running, done } = texts.erase;
  const by = askedBy(contactOf(panel), texts);
  const failed = fill(texts.erase.failed, { by });
  const over = fill(texts.erase.over, { by, session: state.sessionId ?? "" });
  const told = { no: "", asked: "", running, done, failed, over };
  const asks = erasing === "asked" || erasing === "failed";
  return html`
    <div class="erase" ?hidden=${erasing === "no"}>
      ${asks ? html`<p>${texts.erase.sure}</p>` : nothing}
      <p id="erase-told" role="status" data-outcome=${erasing}>${told[erasing]}</p>
      ${
        asks
          ? html`
              <div class="tools">
                <button class="danger" id="erase-yes" type="button" @click=${act.erase}>${texts.erase.yes}</button>
                <button class="quiet" id="erase-no" type="button" @click=${act.cancelErase}>${texts.erase.no}</button>
              </div>
            `
          : nothing
      }
    </div>
  `;
}
