import { html, type TemplateResult } from "lit/html.js";
import { isSpeaking, phaseOf } from "../../client/state.ts";
import { type Model, sayingOf } from "../model.ts";
import { noticeFor } from "../notices.ts";

/** What screen readers are told, each in a region of its own. */
export interface Told {
  state: string;
  guest: string;
  sandra: string;
  alarm: string;
}

const NOTHING: Told = { state: "", guest: "", sandra: "", alarm: "" };

/**
 * Screen readers are told the state, notices and the guest's own words, and Sandra's only where no voice says them.
 *
 * While she is heard they are told nothing at all: what they would say, they would say over her. The same goes for what
 * would be begun just before: until an answer is late, the wait for it and the guest's words are not told.
 */
export function toldOf({ state, panel, texts }: Pick<Model, "state" | "panel" | "texts">): Told {
  if (isSpeaking(state) || panel.disclosing) return NOTHING;
  const heard = state.turns.findLast((turn) => turn.guest?.final === true);
  const answer = state.turns.at(-1)?.answer;
  const coming = phaseOf(state) === "thinking";
  const unspoken = answer?.status === "complete" && answer.voice === "none" && !coming;
  const notice = noticeFor(state, panel, texts)?.advice;
  const alarm = notice === undefined || notice.title === panel.dismissed ? "" : `${notice.title} ${notice.todo}`;
  if (coming && !panel.waitsLong) return { ...NOTHING, alarm };
  return {
    state: phaseOf(state) === "idle" ? "" : sayingOf(state, texts).state,
    // Words whose answer has sounded are old: they would be read out again when she falls silent.
    guest: heard?.answer == null || heard.answer.voice === "none" ? (heard?.guest?.text ?? "") : "",
    sandra: unspoken ? answer.text : "",
    alarm,
  };
}

/** The regions; the eye does not see them. */
export function liveRegions(model: Model): TemplateResult {
  const told = toldOf(model);
  return html`
    <div class="hidden" id="told">
      <p id="state-live" role="status">${told.state}</p>
      <p id="guest-live" aria-live="polite">${told.guest}</p>
      <p id="sandra-live" aria-live="polite">${told.sandra}</p>
      <p id="alarm-live" role="alert">${told.alarm}</p>
    </div>
  `;
}
