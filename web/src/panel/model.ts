import type { MicrophoneState, State } from "../client/state.ts";
import { phaseOf } from "../client/state.ts";
import type { Language } from "../client/language.ts";
import type { Act } from "./act.ts";
import type { PanelState } from "./panelState.ts";
import { type Saying, type Texts, textsFor } from "./texts/texts.ts";

/** All that the templates show, and what they call when the guest does something. */
export interface Model {
  state: State;
  panel: PanelState;
  texts: Texts;
  act: Act;
}

/** What is going on, as the stage shows it: the client's phase, and two cases in which it says less than there is. */
export type Mood = ReturnType<typeof phaseOf> | "muted" | "elsewhere";

export function modelOf(state: State, panel: PanelState, act: Act): Model {
  const { persona, business } = panel.facts;
  return { state, panel, texts: textsFor(state.language, persona, business), act };
}

export function moodOf(state: State): Mood {
  const phase = phaseOf(state);
  if (phase === "idle" && state.elsewhere) return "elsewhere";
  if (phase !== "listening") return phase;
  if (state.muted) return "muted";
  // The microphone is open, but what it hears is for nobody until the button is held.
  return state.turnMode === "manual" && !state.holding ? "idle" : "listening";
}

/** What is going on, in words. */
export function sayingOf(state: State, texts: Texts): Saying {
  const mood = moodOf(state);
  if (mood === "muted") return texts.muted;
  if (mood === "elsewhere") return texts.elsewhere;
  const saying = texts.phases[mood];
  if (state.turnMode === "manual" && (mood === "idle" || mood === "listening")) {
    return { ...saying, hint: state.holding ? texts.mode.let : texts.mode.hint };
  }
  return mood === "idle" && state.link.state === "open" ? { ...saying, hint: texts.inWriting } : saying;
}

/** Whether the microphone is open or being asked for. */
export function listens(microphone: MicrophoneState): boolean {
  return microphone.state === "on" || microphone.state === "asking";
}

/** The server's own sentence once it is known and in the page's language; the business's, or the panel's, until then. */
export function disclosureOf({ state, panel, texts }: Model): string {
  const told = state.disclosureLanguage === state.language ? state.disclosure : null;
  return told ?? disclosedBefore(panel, state.language) ?? texts.disclosure;
}

function disclosedBefore(panel: PanelState, language: Language): string | undefined {
  return panel.facts.disclosure[language];
}
