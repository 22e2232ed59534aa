import { readingAt } from "../captions.ts";
import type { Answer, State, Turn } from "../state.ts";
import { byId, make, setText } from "./dom.ts";
import type { Texts } from "./texts.ts";

/** Within this of the end, new words keep the end in view, px; further up the guest is reading. */
const NEAR_END_PX = 120;

/** The words: what was heard as it is heard, her answer as it is made. */
export class ConversationView {
  readonly #scroll = byId("scroll", HTMLElement);
  readonly #welcome = byId("welcome", HTMLElement);
  readonly #examples = byId("examples", HTMLElement);
  readonly #turns = byId("turns", HTMLElement);
  readonly #clear = byId("clear", HTMLButtonElement);
  readonly #guestLive = byId("guest-live", HTMLElement);
  readonly #sandraLive = byId("sandra-live", HTMLElement);
  readonly #items = new Map<string, { turn: Turn; element: HTMLElement }>();
  readonly #ask: (text: string) => void;
  #texts: Texts | null = null;
  #typed: readonly string[] = [];

  /** @param ask says an example as if it were typed. */
  constructor(ask: (text: string) => void) {
    this.#ask = ask;
  }

  render(state: State, texts: Texts): void {
    const follow = this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight < NEAR_END_PX;
    if (texts !== this.#texts) this.#translate(texts);
    const empty = state.turns.length === 0 && state.typed.length === 0;
    this.#welcome.hidden = !empty;
    this.#clear.hidden = empty;
    const changed = this.#renderTurns(state.turns, texts) || this.#renderTyped(state.typed, texts);
    this.#announce(state);
    if (changed && follow) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #translate(texts: Texts): void {
    this.#texts = texts;
    this.#items.clear();
    this.#turns.replaceChildren();
    this.#typed = [];
    this.#examples.replaceChildren(
      ...texts.examples.map((example) => {
        const button = make("button", "", example);
        button.setAttribute("type", "button");
        button.addEventListener("click", () => {
          this.#ask(example);
        });
        const item = make("li");
        item.append(button);
        return item;
      }),
    );
  }

  #renderTurns(turns: readonly Turn[], texts: Texts): boolean {
    let changed = false;
    const keys = new Set(turns.map((turn) => turn.key));
    for (const [key, item] of this.#items) {
      if (keys.has(key)) continue;
      item.element.remove();
      this.#items.delete(key);
    }
    turns.forEach((turn, place) => {
      const item = this.#items.get(turn.key);
      if (item?.turn === turn) return;
      changed = true;
      const element = item?.element ?? make("li");
      element.dataset["turn"] = turn.key;
      element.lang = turn.language;
      renderTurn(element, turn, texts);
      if (item === undefined) this.#turns.insertBefore(element, this.#turns.children[place] ?? null);
      this.#items.set(turn.key, { turn, element });
    });
    return changed;
  }

  #renderTyped(typed: readonly string[], texts: Texts): boolean {
    if (typed === this.#typed) return false;
    this.#typed = typed;
    for (const old of this.#turns.querySelectorAll(".typed")) old.remove();
    for (const text of typed) {
      const item = make("li", "typed");
      item.append(guestLine(text, false, `${texts.guest} · ${texts.sending}`));
      this.#turns.append(item);
    }
    return true;
  }

  /** Screen readers hear the guest's own words, and Sandra's only where no voice of hers says them. */
  #announce(state: State): void {
    const heard = state.turns.findLast((turn) => turn.guest?.final === true);
    setText(this.#guestLive, heard?.guest?.text ?? "");
    const answered = state.turns.at(-1)?.answer;
    const unspoken = answered?.status === "complete" && answered.voice === "none" && state.awaiting === null;
    setText(this.#sandraLive, unspoken && state.speaking === null ? answered.text : "");
  }
}

function renderTurn(element: HTMLElement, turn: Turn, texts: Texts): void {
  const lines: HTMLElement[] = [];
  if (turn.guest !== null && turn.guest.text !== "") {
    lines.push(guestLine(turn.guest.text, turn.guest.final, texts.guest));
  }
  if (turn.answer !== null && (turn.answer.text !== "" || turn.answer.status === "interrupted")) {
    lines.push(sandraLine(turn.answer, texts));
  }
  element.replaceChildren(...lines);
}

function guestLine(text: string, final: boolean, who: string): HTMLElement {
  const line = make("div", "guest");
  line.dataset["final"] = String(final);
  line.append(make("span", "who", who), make("span", "said", text));
  return line;
}

function sandraLine(answer: Answer, texts: Texts): HTMLElement {
  const line = make("div", "sandra");
  line.dataset["status"] = answer.status;
  const said = make("span", "said");
  if (answer.status !== "interrupted" && (answer.voice === "coming" || answer.voice === "playing")) {
    const { heard, now } = readingAt(answer.text, answer.captions, answer.heardMs);
    const words = answer.text.slice(heard, now);
    const space = words.length - words.trimStart().length;
    said.append(
      make("span", "heard", answer.text.slice(0, heard + space)),
      make("span", "now", words.slice(space)),
      make("span", "ahead", answer.text.slice(now)),
    );
  } else said.textContent = answer.text;
  line.append(make("span", "who", "Sandra"), said);
  if (answer.status === "interrupted") {
    said.append(/[.!?]$/.test(answer.text) ? " —" : "—");
    line.append(" ", make("span", "cut", texts.cut));
  }
  return line;
}
