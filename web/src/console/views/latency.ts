import { html, type PropertyValues, type TemplateResult } from "lit";
import type { ChartSpec, Colour, Line } from "../chartParts.ts";
import { empty, periods, staged, tile } from "../parts.ts";
import { Resource } from "../resource.ts";
import type { Latency, Percentiles } from "../shapes.ts";
import { named } from "../texts/index.ts";
import { type Context, View } from "../view.ts";

const EVERY_MS = 30_000;
const DAYS = 30;
/** What an answer may take from the guest's last word, in ms. */
export const GOAL_MS = 600;

type Percentile = "p50" | "p95" | "p99";
const LOOKS: Record<Percentile, { colour: Colour; line: Line }> = {
  p50: { colour: "river", line: "solid" },
  p95: { colour: "clay", line: "dashed" },
  p99: { colour: "cobalt", line: "dotted" },
};

/** Waits over time, and of which stages they are made. */
export class LatencyView extends View {
  #days = DAYS;
  readonly #latency = new Resource<Latency>(
    this,
    (signal) => this.context.api.get<Latency>("latency", { days: this.#days }, signal),
    EVERY_MS,
  );

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("context")) this.#days = Number(this.context.route.query["days"] ?? DAYS) || DAYS;
  }

  override render(): TemplateResult {
    const retry = (): void => void this.#latency.refresh();
    const choose = (days: number): void => {
      this.#days = days;
      retry();
      this.requestUpdate();
    };
    return html`<div class="tools">${periods(this.context, this.#days, choose)}</div>
      ${staged(this.context, {
        loaded: this.#latency.state,
        retry,
        heights: [8, 22, 20],
        show: (latency) => this.#show(latency),
      })}`;
  }

  #show(latency: Latency): TemplateResult {
    const { texts, format } = this.context;
    if (latency.overall.turns === 0) return empty(texts.latency.empty, texts.latency.emptyTodo);
    const { p50, p95, p99, turns } = latency.overall;
    return html`<dl class="tiles">
        ${tile(texts.latency.p50, format.ms(p50), texts.latency.goal(format.ms(GOAL_MS)))}
        ${tile(texts.latency.p95, format.ms(p95))} ${tile(texts.latency.p99, format.ms(p99))}
        ${tile(texts.latency.turns, format.number(turns))}
      </dl>
      <section class="card" aria-labelledby="by-day">
        <div class="head"><h2 id="by-day">${texts.latency.chart}</h2></div>
        <console-chart .spec=${waitSpec(latency, this.context, ["p50", "p95", "p99"])}></console-chart>
      </section>
      <section class="card" aria-labelledby="by-stage">
        <div class="head"><h2 id="by-stage">${texts.latency.stages}</h2></div>
        ${this.#stages(latency.overall.stages)}
      </section>`;
  }

  #stages(stages: Latency["overall"]["stages"]): TemplateResult {
    const { texts, format } = this.context;
    const known = Object.entries(stages);
    const most = Math.max(1, ...known.map(([, each]) => each.p95 ?? 0));
    const row = (name: string, { p50, p95 }: Percentiles): TemplateResult => {
      const stage = named(texts.stages, name);
      return html`<tr>
        <th scope="row">
          ${stage?.name ?? name}
          <span class="why">${stage?.why}</span>
        </th>
        <td class="bar">
          <div class="range" aria-hidden="true">
            <i class="worst" .style=${`width: ${((p95 ?? 0) / most) * 100}%`}></i>
            <i class="typical" .style=${`width: ${((p50 ?? 0) / most) * 100}%`}></i>
          </div>
        </td>
        <td class="number" data-name="p50">${format.ms(p50)}</td>
        <td class="number" data-name="p95">${format.ms(p95)}</td>
      </tr>`;
    };
    return html`<table class="stages">
      <thead>
        <tr>
          <th scope="col">${texts.latency.stage}</th>
          <td></td>
          <th scope="col" class="number">p50</th>
          <th scope="col" class="number">p95</th>
        </tr>
      </thead>
      <tbody>
        ${known.map(([name, each]) => row(name, each))}
      </tbody>
    </table>`;
  }
}

/** The waits of each day as a chart. */
export function waitSpec(latency: Latency, { texts, format }: Context, shown: readonly Percentile[]): ChartSpec {
  const { p50, p95 } = latency.overall;
  return {
    summary: texts.latency.summary(latency.days.length, format.ms(p50), format.ms(p95)),
    asTable: texts.common.asTable,
    dayHead: texts.common.day,
    days: latency.days.map(({ day }) => day),
    series: shown.map((name) => ({
      label: shown.length > 2 ? name : texts.latency[name],
      ...LOOKS[name],
      values: latency.days.map((day) => day[name]),
    })),
    heaped: false,
    goal: GOAL_MS,
    dayName: (day) => (day === "" ? "" : format.day(day)),
    figure: (value) => format.ms(value),
  };
}
