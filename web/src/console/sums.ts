/** Days of costs, taken together. Pure. */
import type { CostDay } from "./shapes.ts";

export interface Sum {
  calls: number;
  minutes: number;
  dollars: number;
  /** Of what was said, by minutes of call; null where nobody called. */
  libraryShare: number | null;
}

export function summed(days: readonly CostDay[]): Sum {
  const total = (of: (day: CostDay) => number): number => days.reduce((sum, day) => sum + of(day), 0);
  const minutes = total((day) => day.minutes);
  const weighed = total((day) => day.library_share * day.minutes);
  return {
    calls: total((day) => day.calls),
    minutes,
    dollars: total((day) => day.dollars),
    libraryShare: minutes === 0 ? null : weighed / minutes,
  };
}

/** What the library's part of each day would have cost at the price of what was synthesised that day. */
export function saved(days: readonly CostDay[]): number {
  return days.reduce((sum, { tts, library_share: share }) => sum + (share < 1 ? (tts * share) / (1 - share) : 0), 0);
}
