import { html, nothing, type TemplateResult } from "lit/html.js";
import { readingAt } from "../../client/captions.ts";
import type { Answer, Turn } from "../../client/state.ts";
import type { Texts } from "../texts/texts.ts";

/** One turn: the guest's words as they are heard, her answer as it sounds. */
export function turnItem(turn: Turn, persona: string, texts: Texts): TemplateResult {
  const { guest, answer } = turn;
  const answered = answer !== null && (answer.text !== "" || answer.status === "interrupted");
  return html`
    <li data-turn=${turn.key} lang=${turn.language}>
      ${guest === null || guest.text === "" ? nothing : guestLine(guest.text, guest.final, texts.guest)}
      ${answered ? answerLine(answer, persona, texts) : nothing}
    </li>
  `;
}

/** A typed message that the server has not taken yet. */
export function typedItem(text: string, texts: Texts): TemplateResult {
  return html`<li class="typed">${guestLine(text, false, `${texts.guest} · ${texts.sending}`)}</li>`;
}

function guestLine(text: string, final: boolean, who: string): TemplateResult {
  return html`
    <div class="guest" data-final=${final}>
      <span class="who">${who}</span>
      <span class="said">${text}</span>
    </div>
  `;
}

function answerLine(answer: Answer, persona: string, texts: Texts): TemplateResult {
  const cut = answer.status === "interrupted";
  return html`
    <div class="sandra" data-status=${answer.status}>
      <span class="who">${persona}</span>
      <span class="said">${cut ? cutText(answer.text) : words(answer)}</span>
      ${cut ? html`<span class="cut">${texts.cut}</span>` : nothing}
    </div>
  `;
}

/** What was heard of an answer that was cut. */
function cutText(text: string): string {
  return `${text}${/[.!?]$/.test(text) ? " " : ""}—`;
}

/** The words of an answer: heard, being said now, and yet to come; without a voice they are only text. */
function words(answer: Answer): string | TemplateResult {
  if (answer.voice !== "coming" && answer.voice !== "playing") return answer.text;
  const { heard, now } = readingAt(answer.text, answer.captions, answer.heardMs);
  const said = answer.text.slice(heard, now);
  const from = heard + said.length - said.trimStart().length;
  const { text } = answer;
  return html`<span class="heard">${text.slice(0, from)}</span><span class="now">${text.slice(from, now)}</span
    ><span class="ahead">${text.slice(now)}</span>`;
}
