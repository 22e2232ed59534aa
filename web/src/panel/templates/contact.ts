import { html, nothing, type TemplateResult } from "lit/html.js";
import type { Model } from "../model.ts";
import { contactOf } from "../panelState.ts";
import { fill } from "../texts/texts.ts";
import { icon } from "./icons.ts";

/** The ways to a person, as far as the business has told of any. */
export function contactLinks({ panel, texts }: Model): TemplateResult {
  const { hours } = panel.facts;
  const { phone, whatsapp, email } = contactOf(panel);
  return html`
    <ul class="contact">
      ${phone === "" ? nothing : way("phone", `tel:${digits(phone)}`, fill(texts.contact.call, { phone }))}
      ${
        whatsapp === ""
          ? nothing
          : way("whatsapp", `https://wa.me/${digits(whatsapp).replace("+", "")}`, texts.contact.whatsapp)
      }
      ${email === "" ? nothing : way("email", `mailto:${email}`, texts.contact.email)}
      ${hours === null ? nothing : html`<li class="hours">${fill(texts.contact.hours, hours)}</li>`}
    </ul>
  `;
}

function way(name: "phone" | "whatsapp" | "email", href: string, label: string): TemplateResult {
  return html`
    <li>
      <a class="quiet" href=${href} target=${name === "phone" ? nothing : "_blank"} rel="noreferrer">
        ${icon(name)}<span>${label}</span>
      </a>
    </li>
  `;
}

/** A number as it is dialled. */
function digits(number: string): string {
  return number.replace(/[^\d+]/g, "");
}
