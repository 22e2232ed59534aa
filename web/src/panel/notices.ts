import type { State } from "../client/state.ts";
import { contactOf, isReachable, type PanelState } from "./panelState.ts";
import { type Advice, fill, type Texts } from "./texts/texts.ts";

/** What the guest has to know, above the conversation. */
export interface Notice {
  advice: Advice;
  /** A note tells; an alarm asks for something. */
  tone: "note" | "alarm";
  action: "retry" | "sound" | "voice" | null;
  /** The ways to a person are shown with it. */
  person: boolean;
}

/** Which notice a state asks for; the one that the guest can do something about comes first. */
export function noticeFor(state: State, panel: PanelState, texts: Texts): Notice | null {
  const notice = askedFor(state, panel, texts);
  if (notice?.person !== true) return notice;
  // What ends in a colon would end in nothing where there is no way to a person.
  if (!isReachable(contactOf(panel))) return { ...notice, person: false };
  const { advice } = notice;
  return { ...notice, advice: { ...advice, todo: [advice.todo, advice.person].join(" ") } };
}

function askedFor(state: State, panel: PanelState, texts: Texts): Notice | null {
  if (panel.declined) return { advice: texts.declined, tone: "note", action: null, person: true };
  if (state.soundBlocked) return alarm(texts.soundBlocked, "sound");
  const problem = problemOf(state, texts);
  if (problem !== null) return problem;
  if (state.elsewhere) return { advice: texts.spokenElsewhere, tone: "note", action: "voice", person: false };
  return state.microphone.state === "refused" ? alarm(texts.microphone[state.microphone.failure]) : null;
}

function problemOf({ problem }: State, texts: Texts): Notice | null {
  switch (problem?.kind) {
    case "ended":
      return endedBy(problem.reason, texts);
    case "full": {
      const todo = fill(texts.full.todo, { seconds: problem.retryAfterSeconds });
      return { ...alarm({ ...texts.full, todo }, "retry"), person: true };
    }
    case "server":
      return {
        advice: texts.server[problem.code] ?? { title: texts.serverOther, todo: problem.message },
        tone: problem.code === "not_understood" ? "note" : "alarm",
        action: null,
        person: problem.code === "erase_failed",
      };
    case "new_session":
      return { advice: texts.newSession, tone: "note", action: null, person: false };
    case "audio":
      return alarm(texts.audioFailed);
    case "clear_failed":
      return alarm(texts.clearFailed);
    case undefined:
      return null;
  }
}

function endedBy(reason: keyof Texts["ended"], texts: Texts): Notice {
  const lost = reason === "unreachable" || reason === "refused";
  return {
    advice: texts.ended[reason],
    tone: lost ? "alarm" : "note",
    action: reason === "unreachable" ? "retry" : null,
    person: lost || reason === "budget_spent",
  };
}

function alarm(advice: Advice, action: Notice["action"] = null): Notice {
  return { advice, tone: "alarm", action, person: false };
}
