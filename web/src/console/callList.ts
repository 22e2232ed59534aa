/** The list of calls as it grows at both ends, and which of its rows are worth drawing. Pure. */
import type { CallPage, CallSummary } from "./shapes.ts";

export interface CallList {
  calls: readonly CallSummary[];
  /** Cursor of what comes after the last; null when there is no more. */
  next: string | null;
}

/** The newest page again: new calls come first, known ones are brought up to date, older ones stay. */
export function refreshed(list: CallList, page: CallPage): CallList {
  if (page.next === null) return page;
  const fresh = new Set(page.calls.map((call) => call.session));
  const met = list.calls.some((call) => fresh.has(call.session));
  if (!met) return page; // so much has happened that there is a hole between the two
  const last = list.calls.findLastIndex((call) => fresh.has(call.session));
  const older = list.calls.slice(last + 1);
  return { calls: [...page.calls, ...older], next: older.length > 0 || list.next === null ? list.next : page.next };
}

/** A page of older calls after those that are there. */
export function extended(list: CallList, page: CallPage): CallList {
  const known = new Set(list.calls.map((call) => call.session));
  return { calls: [...list.calls, ...page.calls.filter((call) => !known.has(call.session))], next: page.next };
}

export interface Window {
  from: number;
  to: number;
}

/** Rows beyond the edges that are drawn, so that scrolling by a row or a key finds them there. */
const BEYOND = 12;

/**
 * Rows that can be seen.
 *
 * @param count rows there are.
 * @param row height of each, px.
 * @param above how much of the list is above the upper edge of the view, px.
 * @param height of the view, px.
 */
export function windowOf(count: number, row: number, above: number, height: number): Window {
  const first = Math.floor(Math.max(0, above) / row);
  const shown = Math.ceil(height / row);
  const from = Math.max(0, Math.min(first - BEYOND, count - shown - BEYOND));
  return { from, to: Math.min(count, first + shown + BEYOND) };
}
