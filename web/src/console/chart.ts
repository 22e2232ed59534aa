import { html, LitElement, type PropertyDeclarations, type TemplateResult } from "lit";
import uPlot from "uplot";
import { axesOf, type ChartSpec, dataOf, seriesOf } from "./chartParts.ts";

const HEIGHT_PX = 260;
const HALF_A_DAY_S = 43_200;

/** A chart over days: a drawing for the eyes, its figures at the cursor above it, and a table behind it for everyone. */
export class Chart extends LitElement {
  static override properties: PropertyDeclarations = { spec: { attribute: false }, cursor: { state: true } };
  declare spec: ChartSpec;
  declare cursor: number | null;
  #plot: uPlot | null = null;
  #width = 0;
  readonly #sizes = new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0);
    if (width > 0 && width !== this.#width) this.#fit(width);
  });
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    super();
    this.cursor = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#dark.addEventListener("change", this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#dark.removeEventListener("change", this.#redraw);
    this.#sizes.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
    this.#width = 0;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: Map<string, unknown>): void {
    const place = this.querySelector(".plot");
    if (place === null) return;
    this.#sizes.observe(place);
    if (changed.has("spec")) this.#redraw();
  }

  override render(): TemplateResult {
    const { spec } = this;
    const at = Math.min(this.cursor ?? spec.days.length - 1, spec.days.length - 1);
    return html`
      <div class="legend" aria-hidden="true">
        <span class="at">${spec.dayName(spec.days[at] ?? "")}</span>
        ${spec.series.map(
          (each) =>
            html`<span class="key" data-line=${each.line} data-colour=${each.colour}>
              <i></i>${each.label} <b>${spec.figure(each.values[at] ?? null)}</b>
            </span>`,
        )}
      </div>
      <div class="plot" role="img" aria-label=${spec.summary}></div>
      <details class="data">
        <summary>${spec.asTable}</summary>
        <div class="wide" tabindex="0" role="group" aria-label=${spec.asTable}>
          <table>
            <caption class="hidden">
              ${spec.summary}
            </caption>
            <thead>
              <tr>
                <th scope="col">${spec.dayHead}</th>
                ${spec.series.map((each) => html`<th scope="col" class="number">${each.label}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${spec.days.map(
                (day, n) =>
                  html`<tr>
                    <th scope="row">${spec.dayName(day)}</th>
                    ${spec.series.map((each) => html`<td class="number">${spec.figure(each.values[n] ?? null)}</td>`)}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
    `;
  }

  readonly #redraw = (): void => {
    this.#plot?.destroy();
    this.#plot = null;
    if (this.#width > 0) this.#draw();
  };

  #fit(width: number): void {
    this.#width = width;
    if (this.#plot === null) this.#draw();
    else this.#plot.setSize({ width, height: HEIGHT_PX });
  }

  #draw(): void {
    const place = this.querySelector<HTMLElement>(".plot");
    if (place === null) return;
    const options: uPlot.Options = {
      width: this.#width,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: {
        x: { time: true, range: (_, first, last) => [first - HALF_A_DAY_S, last + HALF_A_DAY_S] },
        y: { range: (_, __, max) => [0, Math.max(max, this.spec.goal ?? 0) * 1.1 || 1] },
      },
      axes: axesOf(this.spec, this),
      series: seriesOf(this.spec, this),
      hooks: {
        setCursor: [
          (plot) => {
            this.cursor = plot.cursor.idx ?? null;
          },
        ],
      },
    };
    this.#plot = new uPlot(options, dataOf(this.spec), place);
  }
}
