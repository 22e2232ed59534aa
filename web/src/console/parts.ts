/** The pieces that every view is made of: pure templates. */
import { html, nothing, type SVGTemplateResult, type TemplateResult } from "lit";
import type { ProblemKind } from "./api.ts";
import { SIGNS, star } from "./icons.ts";
import type { Loaded } from "./resource.ts";
import type { Context } from "./view.ts";

export type Piece = TemplateResult | typeof nothing;

export function icon(drawing: SVGTemplateResult, kind = ""): TemplateResult {
  return html`<svg class="icon ${kind}" viewBox="0 0 24 24" aria-hidden="true">${drawing}</svg>`;
}

/** What to do where there is nothing to show. */
export function empty(title: string, todo: string, more: Piece = nothing): TemplateResult {
  return html`<div class="empty">
    ${star}
    <h2>${title}</h2>
    <p>${todo}</p>
    ${more}
  </div>`;
}

/** What went wrong and what to do. */
export function trouble({ texts }: Context, kind: ProblemKind, retry: () => void, stale = false): TemplateResult {
  const said = texts.problems[kind];
  return html`<div class="trouble" role="alert">
    ${icon(SIGNS.attention)}
    <p><strong>${said.title}</strong> ${said.todo} ${stale ? texts.common.stale : nothing}</p>
    <button class="quiet" type="button" @click=${retry}>${texts.common.retry}</button>
  </div>`;
}

/** A place of the same size until the content is there; `height` in rem. */
export function waiting({ texts }: Context, ...heights: readonly number[]): TemplateResult {
  return html`<div class="waiting">
    <p class="hidden" role="status">${texts.common.loading}</p>
    ${heights.map((height) => html`<div class="bone" .style=${`height: ${height}rem`} aria-hidden="true"></div>`)}
  </div>`;
}

interface Stage<T> {
  loaded: Loaded<T>;
  retry: () => void;
  /** Heights of what will be there, in rem. */
  heights: readonly number[];
  show: (data: T) => TemplateResult;
}

/** What was loaded, with the trouble there is above it; or a place for it. */
export function staged<T>(context: Context, { loaded, retry, heights, show }: Stage<T>): TemplateResult {
  const { data, problem } = loaded;
  const told = problem === null || problem === "login" ? nothing : trouble(context, problem, retry, data !== null);
  if (data !== null) return html`${told}${show(data)}`;
  return problem === null ? waiting(context, ...heights) : html`${told}`;
}

/** A figure with its name. */
export function tile(name: string, figure: string | TemplateResult, more: Piece | string = nothing): TemplateResult {
  return html`<div class="tile">
    <dt>${name}</dt>
    <dd class="figure">${figure}</dd>
    <dd class="more">${more}</dd>
  </div>`;
}

/** How much of a limit is used; `share` from 0. */
export function meter(share: number, label: string): TemplateResult {
  const level = share >= 1 ? "over" : share >= 0.8 ? "near" : "calm";
  const percent = Math.round(Math.min(1, share) * 100);
  return html`<div
    class="meter"
    data-level=${level}
    role="meter"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent}
  >
    <i .style=${`width: ${percent}%`}></i>
  </div>`;
}

/** Which days are shown. */
export function periods({ texts }: Context, days: number, choose: (days: number) => void): TemplateResult {
  return html`<fieldset class="segments">
    <legend class="hidden">${texts.common.period}</legend>
    ${[7, 30, 90].map(
      (each) =>
        html`<label>
          <input
            type="radio"
            name="days"
            .value=${String(each)}
            .checked=${each === days}
            @change=${() => {
              choose(each);
            }}
          /><span>${texts.common.span(each)}</span>
        </label>`,
    )}
  </fieldset>`;
}

export function exportButton({ texts }: Context, save: () => void): TemplateResult {
  return html`<button class="quiet" type="button" @click=${save}>
    ${icon(SIGNS.down)} ${texts.common.exportCsv}
  </button>`;
}
