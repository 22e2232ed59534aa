/** Where the bars of a turn's waterfall lie. Pure. */
import type { StageTime } from "./shapes.ts";

export interface Bar {
  name: string;
  ms: number;
  /** Of the whole wait, 0 to 100. */
  left: number;
  width: number;
  slow: boolean;
}

export interface Waterfall {
  bars: readonly Bar[];
  total: number;
  /** Round moments on the axis, in ms. */
  ticks: readonly number[];
}

/** A bar narrower than this, in percent, would not be seen. */
const NARROWEST = 0.8;
const MOST_TICKS = 5;

export function waterfall(stages: readonly StageTime[], slow: string | null): Waterfall {
  const total = Math.max(0, ...stages.map((stage) => stage.start_ms + stage.ms));
  const share = (ms: number): number => (total === 0 ? 0 : (ms / total) * 100);
  const bars = stages.map(({ name, start_ms, ms }) => {
    const width = Math.max(NARROWEST, share(ms));
    return { name, ms, left: Math.min(share(start_ms), 100 - width), width, slow: name === slow };
  });
  return { bars, total, ticks: ticks(total) };
}

/** Round steps from 0 that fit. */
export function ticks(total: number): number[] {
  if (total <= 0) return [];
  const rough = total / MOST_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = magnitude * ([1, 2, 5, 10].find((each) => each * magnitude >= rough) ?? 10);
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, n) => n * step);
}
