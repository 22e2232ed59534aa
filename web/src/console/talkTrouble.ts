import type { State } from "../client/state.ts";

/** Why a trial cannot be talked with as the owner wants; `texts.tryOut.troubles` says it in words, with what to do. */
export type TalkTrouble = "elsewhere" | "full" | "unreachable" | "ended" | "failed" | "microphone";

export function talkTrouble({ elsewhere, problem, microphone }: State): TalkTrouble | null {
  if (elsewhere) return "elsewhere";
  switch (problem?.kind) {
    case "full":
      return "full";
    case "ended":
      return problem.reason === "unreachable" || problem.reason === "refused" ? "unreachable" : "ended";
    case "new_session":
      return "ended";
    case "server":
    case "audio":
    case "clear_failed":
      return "failed";
    case undefined:
      return microphone.state === "refused" ? "microphone" : null;
  }
}
