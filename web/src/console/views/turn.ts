/** One turn of a call: pure templates. */
import { html, nothing, type TemplateResult } from "lit";
import { hearing, type Hearing } from "../callTime.ts";
import { icon, type Piece } from "../parts.ts";
import { SIGNS } from "../icons.ts";
import { hashOf } from "../routes.ts";
import type { CallDetail, CallTurn } from "../shapes.ts";
import { named } from "../texts/index.ts";
import type { Context } from "../view.ts";
import { waterfall } from "../waterfall.ts";

export function turnItem(turn: CallTurn, call: CallDetail, context: Context): TemplateResult {
  const { texts, format } = context;
  const at = format.position(Date.parse(turn.at) - Date.parse(call.started_at));
  return html`<li class="card turn" id="turn-${turn.turn}">
    <div class="head">
      <h3 tabindex="-1">${texts.call.turn(turn.turn)} <time datetime=${turn.at}>${at}</time></h3>
      ${
        turn.answered
          ? nothing
          : html`<p class="flag">
              ${icon(SIGNS.attention)} ${texts.call.unanswered} ·
              <a href=${hashOf("gaps")}>${texts.call.addToKnowledge}</a>
            </p>`
      }
    </div>
    <div class="halves">
      <div class="said" lang=${turn.language}>${question(turn, context)} ${answer(turn, context)}</div>
      <div class="took">${wait(turn, context)} ${bought(turn, context)}</div>
    </div>
  </li>`;
}

function question(turn: CallTurn, { texts, language }: Context): Piece {
  if (turn.question === "") return nothing;
  return html`<div class="guest">
    <span class="who" lang=${language}>${texts.call.guest}</span>
    <p>${turn.question}</p>
  </div>`;
}

function answer(turn: CallTurn, context: Context): TemplateResult {
  const { texts, language } = context;
  const heard = hearing(turn);
  const words = heard.words.length > 0 ? spoken(heard, turn, context) : turn.answer;
  return html`<div class="sandra">
    <span class="who" lang=${language}>Sandra</span>
    <p class="words">${words}</p>
    ${heard.wholeMs > 0 ? track(heard, turn, context) : html`<p class="hint" lang=${language}>${texts.call.noSound}</p>`}
  </div>`;
}

/** The words that were heard, a mark where she was cut, and the rest. */
function spoken({ words }: Hearing, turn: CallTurn, { texts, language, format }: Context): TemplateResult {
  const cut = words.findIndex((word) => !word.heard);
  const one = (word: { text: string; start_ms: number }): TemplateResult =>
    html`<span title=${format.position(word.start_ms)}>${word.text}</span> `;
  if (cut < 0 || turn.interrupted === null) return html`${words.map(one)}`;
  return html`${words.slice(0, cut).map(one)}<span class="cut" lang=${language}>${texts.call.cut}</span>
    <s>${words.slice(cut).map(one)}</s>`;
}

/** The answer's sound from left to right: a mark for each caption, filled as far as it was heard. */
function track(
  { words, heardMs, wholeMs }: Hearing,
  turn: CallTurn,
  { texts, language, format }: Context,
): TemplateResult {
  const percent = (ms: number): number => Math.min(100, (ms / wholeMs) * 100);
  const whole = format.position(wholeMs);
  const told =
    turn.interrupted === null
      ? texts.call.heardAll(whole)
      : heardMs === 0
        ? texts.call.notHeard
        : texts.call.heard(format.position(heardMs), whole);
  return html`<div class="sound" lang=${language}>
    <div class="captions" role="img" aria-label="${texts.call.captions}: ${told}">
      ${words.map(
        (word) =>
          html`<i
            data-heard=${word.heard}
            .style=${`left: ${percent(word.start_ms)}%; width: ${Math.max(0.4, percent(word.end_ms) - percent(word.start_ms))}%`}
          ></i>`,
      )}
      ${turn.interrupted === null ? nothing : html`<b .style=${`left: ${percent(heardMs)}%`}></b>`}
    </div>
    <p class="hint" aria-hidden="true">${told}</p>
  </div>`;
}

function wait(turn: CallTurn, { texts, format }: Context): TemplateResult {
  const { bars, total, ticks } = waterfall(turn.stages, turn.slow_stage);
  if (bars.length === 0) return html`<p class="hint">${texts.call.noStages}</p>`;
  const slow = named(texts.stages, turn.slow_stage);
  const slowest = turn.stages.find((stage) => stage.name === turn.slow_stage);
  return html`<h4>${texts.call.waterfall}</h4>
    <p class="hint">${texts.call.waterfallOf(format.ms(turn.voice_to_voice_ms ?? total))}</p>
    <table class="waterfall">
      <caption class="hidden">
        ${texts.call.waterfall}
      </caption>
      <tbody>
        ${bars.map(
          (bar) =>
            html`<tr data-slow=${bar.slow}>
              <th scope="row">${named(texts.stages, bar.name)?.name ?? bar.name}</th>
              <td class="bar">
                <div>
                  ${ticks.map((tick) => html`<u .style=${`left: ${(tick / total) * 100}%`}></u>`)}
                  <i .style=${`left: ${bar.left}%; width: ${bar.width}%`}></i>
                </div>
              </td>
              <td class="number">${format.ms(bar.ms)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${
      slow === undefined || slowest === undefined
        ? html`<p class="verdict good">${icon(SIGNS.good)} ${texts.call.allFast}</p>`
        : html`<p class="verdict">
            ${icon(SIGNS.attention)}
            <span
              ><strong>${texts.call.slowest(slow.name, format.ms(slowest.ms), format.ms(total))}</strong> ${slow.why}
              ${slow.todo}</span
            >
          </p>`
    }`;
}

function bought({ cost, usage, speculated }: CallTurn, { texts, format }: Context): TemplateResult {
  const parts: [string, number, string][] = [
    [texts.call.stt, cost.stt, texts.call.audioSeconds(format.number(usage.stt_ms / 1000, 1))],
    [
      texts.call.llm,
      cost.llm,
      texts.call.tokens(
        format.number(usage.llm_input_tokens),
        format.number(usage.llm_cached_tokens),
        format.number(usage.llm_output_tokens),
      ),
    ],
    [texts.call.tts, cost.tts, texts.call.chars(format.number(usage.tts_chars), format.number(usage.tts_cached_chars))],
  ];
  return html`<details class="bought">
    <summary>
      ${texts.call.cost}:
      <b>${format.money(cost.total)}</b
      >${speculated ? html` <span class="early">${texts.call.speculated}</span>` : nothing}
    </summary>
    <dl>
      ${parts.map(
        ([name, dollars, told]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${format.money(dollars)}</dd>
            <dd>${told}</dd>
          </div>`,
      )}
    </dl>
  </details>`;
}
