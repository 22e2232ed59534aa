import type { State } from "../state.ts";
import { byId, setText } from "./dom.ts";
import type { Advice, Texts } from "./texts.ts";

interface Notice {
  advice: Advice;
  /** A note tells; an alarm asks for something. */
  tone: "note" | "alarm";
  action: "retry" | "sound" | null;
}

/** Which notice a state asks for; the one that the guest can do something about comes first. */
export function noticeFor(state: State, texts: Texts): Notice | null {
  if (state.soundBlocked) return { advice: texts.soundBlocked, tone: "alarm", action: "sound" };
  const { problem } = state;
  switch (problem?.kind) {
    case "ended":
      return {
        advice: texts.ended[problem.reason],
        tone: problem.reason === "unreachable" || problem.reason === "refused" ? "alarm" : "note",
        action: problem.reason === "unreachable" ? "retry" : null,
      };
    case "full":
      return { advice: texts.full(problem.retryAfterSeconds), tone: "alarm", action: "retry" };
    case "server":
      return {
        advice: texts.server[problem.code] ?? texts.serverOther(problem.message),
        tone: problem.code === "not_understood" ? "note" : "alarm",
        action: null,
      };
    case "new_session":
      return { advice: texts.newSession, tone: "note", action: null };
    case "audio":
      return { advice: texts.audioFailed, tone: "alarm", action: null };
    case "clear_failed":
      return { advice: texts.clearFailed, tone: "alarm", action: null };
    case undefined:
  }
  if (state.microphone.state !== "refused") return null;
  return { advice: texts.microphone[state.microphone.failure], tone: "alarm", action: null };
}

/** The notice above the conversation. */
export class NoticeView {
  readonly #box = byId("notice", HTMLElement);
  readonly #title = byId("notice-title", HTMLElement);
  readonly #text = byId("notice-text", HTMLElement);
  readonly #action = byId("notice-action", HTMLButtonElement);
  readonly #close = byId("notice-close", HTMLButtonElement);
  #shown: Notice | null = null;
  #dismissed = "";

  /**
   * @param actions what the notice's button does.
   * @param dismissed told when the guest closes the notice.
   */
  constructor(actions: { retry: () => void; sound: () => void }, dismissed: () => void) {
    this.#action.addEventListener("click", () => {
      if (this.#shown?.action != null) actions[this.#shown.action]();
    });
    this.#close.addEventListener("click", () => {
      this.#dismissed = this.#shown?.advice.title ?? "";
      this.#box.hidden = true;
      dismissed();
    });
  }

  render(state: State, texts: Texts): void {
    const notice = noticeFor(state, texts);
    this.#shown = notice;
    if (notice === null) this.#dismissed = "";
    this.#box.hidden = notice === null || notice.advice.title === this.#dismissed;
    if (notice === null) return;
    this.#box.dataset["tone"] = notice.tone;
    setText(this.#title, notice.advice.title);
    setText(this.#text, notice.advice.todo);
    this.#action.hidden = notice.action === null;
    setText(this.#action, notice.action === "sound" ? texts.enableSound : texts.retry);
    this.#close.setAttribute("aria-label", texts.close);
  }
}
