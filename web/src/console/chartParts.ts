/** What a chart shows, and how uPlot is told so. */
import uPlot from "uplot";

export type Line = "solid" | "dashed" | "dotted" | "bar";
export type Colour = "river" | "clay" | "cobalt";

export interface Series {
  label: string;
  colour: Colour;
  line: Line;
  /** One for each day. */
  values: readonly (number | null)[];
}

export interface ChartSpec {
  /** The whole chart in one sentence. */
  summary: string;
  asTable: string;
  dayHead: string;
  /** YYYY-MM-DD, oldest first. */
  days: readonly string[];
  series: readonly Series[];
  /** Bars are heaped on one another. */
  heaped: boolean;
  goal: number | null;
  dayName: (day: string) => string;
  figure: (value: number | null) => string;
}

const DASHES: Partial<Record<Line, number[]>> = { dashed: [7, 4], dotted: [2, 4] };
const BAR_WIDTH = 0.62;
const WIDEST_BAR_PX = 42;
const FONT = "12px system-ui, sans-serif";

/** The columns that uPlot draws: seconds, then the goal if there is one, then each series from the back to the front. */
export function dataOf(spec: ChartSpec): uPlot.AlignedData {
  const times = spec.days.map((day) => Date.parse(`${day}T12:00:00Z`) / 1000);
  const columns = spec.heaped ? heaped(spec.series) : spec.series.map((each) => [...each.values]);
  const goal = spec.goal === null ? [] : [times.map(() => spec.goal)];
  return [times, ...goal, ...(spec.heaped ? columns.reverse() : columns)];
}

/** Each series on top of those before it. */
export function heaped(series: readonly Pick<Series, "values">[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map(({ values }) =>
    values.map((value, n) => {
      sums[n] = (sums[n] ?? 0) + (value ?? 0);
      return sums[n] ?? 0;
    }),
  );
}

export function seriesOf(spec: ChartSpec, place: Element): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [BAR_WIDTH, WIDEST_BAR_PX] });
  const drawn = (spec.heaped ? [...spec.series].reverse() : spec.series).map((each): uPlot.Series => {
    const colour = colourOf(place, `--${each.colour}`);
    if (each.line === "bar") {
      return { label: each.label, fill: colour, width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}) };
    }
    const dash = DASHES[each.line];
    const points = { show: each.values.length < 2 };
    return { label: each.label, stroke: colour, width: 2, points, spanGaps: true, ...(dash ? { dash } : {}) };
  });
  const goal: uPlot.Series = { stroke: colourOf(place, "--soft"), width: 1, dash: [2, 5], points: { show: false } };
  return [{}, ...(spec.goal === null ? [] : [goal]), ...drawn];
}

export function axesOf(spec: ChartSpec, place: Element): uPlot.Axis[] {
  const stroke = colourOf(place, "--soft");
  const grid = { stroke: colourOf(place, "--line"), width: 1 };
  const ticks = { show: false };
  const days = (_: uPlot, splits: number[]): string[] =>
    splits.map((seconds) => spec.dayName(new Date(seconds * 1000).toISOString().slice(0, 10)));
  return [
    {
      stroke,
      font: FONT,
      grid: { show: false },
      ticks,
      space: 64,
      incrs: [1, 2, 5, 7, 10, 14].map((n) => n * 86_400),
      values: days,
    },
    { stroke, font: FONT, grid, ticks, size: 64, values: (_, splits) => splits.map((value) => spec.figure(value)) },
  ];
}

function colourOf(place: Element, name: string): string {
  return getComputedStyle(place).getPropertyValue(name).trim() || "#888";
}
