import type { State } from "./state.ts";

/** What was typed and will never be sent, since the connection has just ended; empty otherwise. */
export function unsent(before: State, after: State): string {
  const ended = after.link.state === "closed" || after.link.state === "full";
  return ended && after.typed.length === 0 ? before.typed.join(" ") : "";
}
