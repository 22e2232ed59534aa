import { html, type PropertyValues, type TemplateResult } from "lit";
import { usedShare } from "../attention.ts";
import type { ChartSpec, Colour } from "../chartParts.ts";
import { csv, download } from "../csv.ts";
import { empty, exportButton, meter, periods, staged, tile } from "../parts.ts";
import { Resource } from "../resource.ts";
import { saved, summed } from "../sums.ts";
import type { Cap, Costs } from "../shapes.ts";
import { named } from "../texts/index.ts";
import { View } from "../view.ts";

const EVERY_MS = 30_000;
const DAYS = 30;

const STAGES: readonly { name: "stt" | "llm" | "tts"; colour: Colour }[] = [
  { name: "stt", colour: "cobalt" },
  { name: "llm", colour: "river" },
  { name: "tts", colour: "clay" },
];

/** What is spent, on what, and what the voice library saves. */
export class CostsView extends View {
  #days = DAYS;
  readonly #costs = new Resource<Costs>(
    this,
    (signal) => this.context.api.get<Costs>("costs", { days: this.#days }, signal),
    EVERY_MS,
  );

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("context")) this.#days = Number(this.context.route.query["days"] ?? DAYS) || DAYS;
  }

  override render(): TemplateResult {
    const retry = (): void => void this.#costs.refresh();
    const choose = (days: number): void => {
      this.#days = days;
      retry();
      this.requestUpdate();
    };
    const save = (): void => {
      this.#export(this.#costs.state.data);
    };
    return html`<div class="tools">
        ${periods(this.context, this.#days, choose)} ${exportButton(this.context, save)}
      </div>
      ${staged(this.context, {
        loaded: this.#costs.state,
        retry,
        heights: [8, 22, 12],
        show: (costs) => this.#show(costs),
      })}`;
  }

  #show(costs: Costs): TemplateResult {
    const { texts, format } = this.context;
    const sum = summed(costs.days);
    const paid = sum.dollars > 0;
    return html`<dl class="tiles">
        ${tile(texts.costs.total, format.money(sum.dollars), texts.common.days(this.#days))}
        ${tile(texts.costs.perMinute, format.money(costs.a_minute), `${format.number(sum.minutes)} min`)}
        ${tile(texts.costs.calls, format.number(sum.calls))}
        ${tile(texts.costs.share, format.percent(sum.libraryShare), html`${texts.costs.shareHint}<br />${texts.costs.saved}: <b>${format.money(saved(costs.days))}</b>`)}
      </dl>
      <section class="card" aria-labelledby="by-day">
        <div class="head"><h2 id="by-day">${texts.costs.chart}</h2></div>
        ${paid ? html`<console-chart .spec=${this.#spec(costs, sum.dollars)}></console-chart>` : empty(texts.costs.empty, texts.costs.emptyTodo)}
      </section>
      <section class="card" aria-labelledby="caps">
        <div class="head"><h2 id="caps">${texts.costs.caps}</h2></div>
        ${this.#caps(costs.caps)}
      </section>`;
  }

  #caps(caps: readonly Cap[]): TemplateResult {
    const { texts, format } = this.context;
    const set = caps.filter((cap) => cap.limit !== null);
    if (set.length === 0) return html`<p class="hint">${texts.costs.noCaps}. ${texts.costs.noCapsTodo}</p>`;
    return html`<dl class="caps">
      ${set.map((cap) => {
        const name = named(texts.costs.capNames, cap.cap) ?? cap.cap;
        const share = usedShare(cap);
        const limit = format.money(cap.limit);
        return html`<div>
          <dt>${name}</dt>
          <dd>${share === null ? texts.costs.most(limit) : texts.costs.used(format.money(cap.used), limit)}</dd>
          <dd>${share === null ? "" : meter(share, name)}</dd>
        </div>`;
      })}
    </dl>`;
  }

  #spec(costs: Costs, total: number): ChartSpec {
    const { texts, format } = this.context;
    return {
      summary: texts.costs.summary(costs.days.length, format.money(total), format.money(costs.a_minute)),
      asTable: texts.common.asTable,
      dayHead: texts.common.day,
      days: costs.days.map(({ day }) => day),
      series: STAGES.map(({ name, colour }) => ({
        label: texts.engines.titles[name],
        colour,
        line: "bar" as const,
        values: costs.days.map((day) => day[name]),
      })),
      heaped: true,
      goal: null,
      dayName: (day) => (day === "" ? "" : format.day(day)),
      figure: (value) => format.money(value),
    };
  }

  #export(costs: Costs | null): void {
    if (costs === null) return;
    const head = ["day", "calls", "minutes", "dollars", "stt", "llm", "tts", "library_share"];
    const rows = costs.days.map((day) => [
      day.day,
      day.calls,
      day.minutes,
      day.dollars,
      day.stt,
      day.llm,
      day.tts,
      day.library_share,
    ]);
    download(this.context.texts.costs.file, csv(head, rows));
  }
}
