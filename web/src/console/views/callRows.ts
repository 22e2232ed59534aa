import { html, nothing, type TemplateResult } from "lit";
import { hashOf } from "../routes.ts";
import type { CallSummary } from "../shapes.ts";
import type { Texts } from "../texts/index.ts";
import type { Context } from "../view.ts";

export function callHead({ calls }: Texts): TemplateResult {
  return html`<tr aria-rowindex="1">
    <th scope="col">${calls.began}</th>
    <th scope="col">${calls.firstWords}</th>
    <th scope="col">${calls.language}</th>
    <th scope="col" class="number">${calls.turns}</th>
    <th scope="col" class="number">${calls.lasted}</th>
    <th scope="col" class="number">${calls.wait}</th>
    <th scope="col" class="number">${calls.cost}</th>
  </tr>`;
}

export function callRow(call: CallSummary, at: number, now: Date, { texts, format }: Context): TemplateResult {
  return html`<tr class="call" aria-rowindex=${at + 2}>
    <td class="when">
      ${call.live ? html`<b class="live">${texts.common.live}</b>` : format.recent(call.started_at, now)}
    </td>
    <th scope="row" class="words">
      <a href=${hashOf("calls", call.session)} lang=${call.first_words === "" ? nothing : call.language}
        >${call.first_words || texts.calls.silent}</a
      >
      ${call.unanswered > 0 ? html`<em class="flag">${texts.calls.unanswered(call.unanswered)}</em>` : nothing}
    </th>
    <td class="language" title=${format.language(call.language)}>${call.language.toUpperCase()}</td>
    <td class="number turns">${format.number(call.turns)}</td>
    <td class="number lasted">${format.duration(call.seconds)}</td>
    <td class="number wait">${format.ms(call.voice_to_voice_ms)}</td>
    <td class="number cost">${format.money(call.dollars)}</td>
  </tr>`;
}
