/** Waits between attempts to connect. */

const FIRST_MS = 250;
const LONGEST_MS = 8000;
/** Share of the wait that is drawn by chance, so that many guests do not come back in one moment. */
const JITTER = 0.5;

/** After this many attempts in a row the guest is told to look to the network. */
export const MOST_ATTEMPTS = 7;

/** A server that said it restarts is waited for longer, about two minutes: it loads its models first. */
export const MOST_ATTEMPTS_AT_A_RESTART = 20;

/** A guest who was never connected is told sooner. */
export const MOST_FIRST_ATTEMPTS = 3;

/**
 * How long to wait before an attempt, ms: 250 doubling up to 8000, the upper half of it drawn by chance.
 *
 * @param attempt counted from 1.
 * @param random in 0…1.
 */
export function waitBefore(attempt: number, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return most * (1 - JITTER + JITTER * random);
}
