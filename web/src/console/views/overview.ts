import { html, nothing, type TemplateResult } from "lit";
import { dayCap, type Matter, matters, usedShare } from "../attention.ts";
import { ICONS, SIGNS } from "../icons.ts";
import { empty, icon, meter, type Piece, staged, tile } from "../parts.ts";
import { Resource } from "../resource.ts";
import { hashOf } from "../routes.ts";
import type { CallPage, CallSummary, Costs, Engines, Gaps, Latency, Library } from "../shapes.ts";
import { named } from "../texts/index.ts";
import { View } from "../view.ts";
import { waitSpec } from "./latency.ts";

const LIVE_MS = 4_000;
const SLOW_MS = 30_000;
const RECENT = 6;
const GAP_DAYS = 7;
const WAIT_DAYS = 30;
const HEIGHTS = [9, 8, 20];

/** How everything is going, at a glance. */
export class OverviewView extends View {
  readonly #calls = this.#asked<CallPage>("calls", { limit: RECENT }, LIVE_MS);
  readonly #engines = this.#asked<Engines>("engines", {}, LIVE_MS);
  readonly #latency = this.#asked<Latency>("latency", { days: WAIT_DAYS }, SLOW_MS);
  readonly #costs = this.#asked<Costs>("costs", { days: WAIT_DAYS }, SLOW_MS);
  readonly #gaps = this.#asked<Gaps>("gaps", { days: GAP_DAYS }, SLOW_MS);
  readonly #library = this.#asked<Library>("library", {}, SLOW_MS);

  #asked<T>(path: string, query: Record<string, number>, everyMs: number): Resource<T> {
    return new Resource<T>(this, (signal) => this.context.api.get<T>(path, query, signal), everyMs);
  }

  override render(): TemplateResult {
    // The list of calls and the engines are live; the rest comes in where its place is kept.
    const retry = (): void => {
      for (const each of [this.#calls, this.#engines, this.#latency, this.#costs, this.#gaps]) void each.refresh();
    };
    const loaded =
      this.#engines.state.problem === null
        ? this.#calls.state
        : { ...this.#calls.state, problem: this.#engines.state.problem };
    return staged(this.context, { loaded, retry, heights: HEIGHTS, show: (page) => this.#show(page) });
  }

  #show(page: CallPage): TemplateResult {
    const { texts } = this.context;
    return html`${this.#attention()}
      <dl class="tiles">${this.#now()} ${this.#wait()} ${this.#cost()} ${this.#unanswered()}</dl>
      <div class="columns">
        <section class="card" aria-labelledby="recent">
          <div class="head">
            <h2 id="recent">${texts.overview.recent}</h2>
            <a href=${hashOf("calls")}>${texts.overview.all}</a>
          </div>
          ${page.calls.length === 0 ? empty(texts.calls.empty, texts.calls.emptyTodo) : this.#recent(page.calls)}
        </section>
        <div class="stack">${this.#engineCard()} ${this.#waitCard()}</div>
      </div>`;
  }

  #attention(): TemplateResult {
    const { texts, format } = this.context;
    const known = {
      engines: this.#engines.state.data,
      costs: this.#costs.state.data,
      latency: this.#latency.state.data,
      gaps: this.#gaps.state.data,
      library: this.#library.state.data,
    };
    const found = matters(known, this.#today, texts, format);
    if (found.length === 0) {
      return html`<section class="attention calm" aria-label=${texts.overview.attention}>
        ${icon(SIGNS.good)}
        <p><strong>${texts.overview.calm}</strong> ${texts.overview.calmHint}</p>
      </section>`;
    }
    return html`<section class="attention" aria-labelledby="attention">
      <h2 id="attention">${texts.overview.attention}</h2>
      <ul>
        ${found.map((matter) => matterOf(matter))}
      </ul>
    </section>`;
  }

  #now(): TemplateResult {
    const { texts, format } = this.context;
    const sessions = this.#engines.state.data?.sessions ?? 0;
    const said = sessions === 0 ? texts.overview.nobody : texts.overview.somebody(sessions);
    const figure = html`<span class="pulse" data-live=${sessions > 0}></span>${format.number(sessions)}`;
    return tile(texts.overview.now, figure, said);
  }

  #wait(): TemplateResult {
    const { texts, format } = this.context;
    const day = this.#latency.state.data?.days.find((each) => each.day === this.#today);
    if (day === undefined) return tile(texts.overview.latencyToday, format.ms(null), texts.overview.noTurns);
    const more = html`${texts.overview.typical}<br />${texts.overview.worst} <b>${format.ms(day.p95)}</b>`;
    return tile(texts.overview.latencyToday, format.ms(day.p50), more);
  }

  #cost(): TemplateResult {
    const { texts, format } = this.context;
    const costs = this.#costs.state.data;
    const cap = dayCap(costs);
    const spent = cap?.used ?? costs?.days.find((each) => each.day === this.#today)?.dollars ?? 0;
    const share = usedShare(cap);
    const more =
      cap?.limit == null || share === null
        ? texts.overview.noCap
        : html`${texts.overview.ofCap(format.money(cap.limit))} ${meter(share, texts.overview.costToday)}`;
    return tile(texts.overview.costToday, format.money(spent), more);
  }

  #unanswered(): TemplateResult {
    const { texts, format } = this.context;
    const gaps = this.#gaps.state.data?.gaps ?? [];
    const count = gaps.reduce((sum, gap) => sum + gap.times, 0);
    return tile(texts.overview.unanswered, format.number(count), texts.overview.inDays);
  }

  #recent(calls: readonly CallSummary[]): TemplateResult {
    const { texts, format } = this.context;
    const now = new Date();
    return html`<ul class="recent">
      ${calls.map(
        (call) =>
          html`<li>
            <a href=${hashOf("calls", call.session)}>
              <span class="when"
                >${call.live ? html`<b class="live">${texts.common.live}</b>` : format.recent(call.started_at, now)}</span
              >
              <span class="words">${call.first_words || texts.calls.silent}</span>
              <span class="facts">
                ${format.duration(call.seconds)} · ${format.ms(call.voice_to_voice_ms)}
                ${call.unanswered > 0 ? html`· <em>${texts.calls.unanswered(call.unanswered)}</em>` : nothing}
              </span>
            </a>
          </li>`,
      )}
    </ul>`;
  }

  #engineCard(): Piece {
    const { texts } = this.context;
    const engines = this.#engines.state.data;
    return html`<section class="card" aria-labelledby="glance">
      <div class="head">
        <h2 id="glance">${texts.overview.engines}</h2>
        <a href=${hashOf("engines")}>${texts.overview.all}</a>
      </div>
      <ul class="glance">
        ${Object.entries(engines?.ladders ?? {}).map(([kind, rungs]) => {
          const serves = rungs.find((rung) => rung.in_use);
          const level = serves === undefined ? "out" : rungs[0] === serves ? "good" : "degraded";
          return html`<li data-level=${level}>
            ${icon(ICONS.engines)}
            <span>${named(texts.engines.titles, kind) ?? kind}</span>
            <b>${serves?.engine ?? texts.engines.states.open}</b>
          </li>`;
        })}
      </ul>
    </section>`;
  }

  #waitCard(): Piece {
    const latency = this.#latency.state.data;
    if (latency === null || latency.days.length === 0) return nothing;
    return html`<section class="card" aria-labelledby="wait">
      <div class="head">
        <h2 id="wait">${this.context.texts.overview.wait}</h2>
        <a href=${hashOf("latency")}>${this.context.texts.overview.all}</a>
      </div>
      <console-chart .spec=${waitSpec(latency, this.context, ["p50", "p95"])}></console-chart>
    </section>`;
  }

  get #today(): string {
    return new Date().toISOString().slice(0, 10);
  }
}

function matterOf({ level, title, todo, href }: Matter): TemplateResult {
  return html`<li data-level=${level}>
    <a href=${href}
      >${icon(SIGNS.attention)}<span><strong>${title}</strong> ${todo}</span>${icon(SIGNS.forth)}</a
    >
  </li>`;
}
