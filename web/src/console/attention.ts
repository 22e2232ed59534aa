/** What an owner should look at now, the most pressing first. Pure. */
import type { Format } from "./format.ts";
import { hashOf } from "./routes.ts";
import type { Cap, Costs, Engines, Gaps, Latency, Library } from "./shapes.ts";
import { named, type Texts } from "./texts/index.ts";

export interface Matter {
  level: "alarm" | "note";
  title: string;
  todo: string;
  href: string;
}

export interface Known {
  engines: Engines | null;
  costs: Costs | null;
  latency: Latency | null;
  gaps: Gaps | null;
  library: Library | null;
}

/** Slower than this for one answer in twenty is worth a look, in ms: twice the goal. */
export const SLOW_MS = 1200;
/** Part of a cap from which on an owner should know. */
export const CAP_NEAR = 0.8;
/** Phrases worth recording ahead that are worth a note. */
const PHRASES = 5;

export function matters(known: Known, today: string, texts: Texts, format: Format): Matter[] {
  return [
    ...ofEngines(known.engines, texts),
    ...ofCap(dayCap(known.costs), texts, format),
    ...ofLatency(known.latency, today, texts, format),
    ...ofGaps(known.gaps, texts),
    ...ofLibrary(known.library, texts),
  ];
}

/** How much of a cap is used, 0 to 1 and beyond; null where there is no limit, or nothing is counted against it. */
export function usedShare(cap: Cap | null): number | null {
  return cap?.limit == null || cap.limit <= 0 || cap.used === null ? null : cap.used / cap.limit;
}

export function dayCap(costs: Costs | null): Cap | null {
  return costs?.caps.find((cap) => cap.cap === "day") ?? null;
}

function ofEngines(engines: Engines | null, texts: Texts): Matter[] {
  if (engines === null) return [];
  const href = hashOf("engines");
  const out = engines.missing.map((kind): Matter => {
    const title = texts.attention.engineOut(named(texts.engines.kinds, kind) ?? kind);
    return { level: "alarm", title, todo: texts.attention.engineOutTodo, href };
  });
  const failing = Object.entries(engines.ladders).flatMap(([kind, rungs]) =>
    engines.missing.includes(kind) ? [] : rungs.filter((rung) => rung.state === "open"),
  );
  const degraded = failing.map(({ engine }): Matter => {
    return { level: "alarm", title: texts.attention.degraded(engine), todo: texts.attention.degradedTodo, href };
  });
  const { storeFailing: title, storeFailingTodo: todo } = texts.attention;
  return [...out, ...degraded, ...(engines.store_failing ? [{ level: "alarm", title, todo, href } as const] : [])];
}

function ofCap(cap: Cap | null, texts: Texts, format: Format): Matter[] {
  const share = usedShare(cap);
  if (share === null || share < CAP_NEAR) return [];
  const title = texts.attention.cap(format.percent(share));
  return [{ level: "alarm", title, todo: texts.attention.capTodo, href: hashOf("costs") }];
}

function ofLatency(latency: Latency | null, today: string, texts: Texts, format: Format): Matter[] {
  const day = latency?.days.find((each) => each.day === today);
  if (day?.p95 == null || day.p95 <= SLOW_MS) return [];
  const slowest = heaviest(day.stages);
  const stage = named(texts.stages, slowest)?.name;
  const todo = stage === undefined ? "" : texts.attention.slowTodo(stage);
  return [{ level: "note", title: texts.attention.slow(format.ms(day.p95)), todo, href: hashOf("latency") }];
}

/** The stage that one answer in twenty waits longest for. */
export function heaviest(stages: Latency["overall"]["stages"]): string | null {
  const byTime = Object.entries(stages).sort(([, one], [, other]) => (other.p95 ?? 0) - (one.p95 ?? 0));
  return byTime[0]?.[0] ?? null;
}

function ofGaps(gaps: Gaps | null, texts: Texts): Matter[] {
  const count = gaps?.gaps.length ?? 0;
  if (count === 0) return [];
  return [{ level: "note", title: texts.attention.gaps(count), todo: texts.attention.gapsTodo, href: hashOf("gaps") }];
}

function ofLibrary(library: Library | null, texts: Texts): Matter[] {
  const count = library?.suggestions.length ?? 0;
  if (count < PHRASES) return [];
  const { phrases, phrasesTodo } = texts.attention;
  return [{ level: "note", title: phrases(count), todo: phrasesTodo, href: hashOf("library") }];
}
