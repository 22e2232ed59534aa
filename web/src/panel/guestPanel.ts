import { render } from "lit/html.js";
import { phaseOf, type State } from "../client/state.ts";
import { unsent } from "../client/unsent.ts";
import type { VoiceClient } from "../client/voiceClient.ts";
import type { Intent } from "./consent.ts";
import { Controller } from "./controller.ts";
import { showDialogs } from "./dialogs.ts";
import { type Facts, readFacts } from "./facts.ts";
import { keepingEndInView } from "./follow.ts";
import { listenToKeys } from "./keys.ts";
import { Levels } from "./levels.ts";
import { LongWait } from "./longWait.ts";
import type { Memory } from "./memory.ts";
import { disclosureOf, type Model, modelOf } from "./model.ts";
import { Moments } from "./moments.ts";
import { noticeFor } from "./notices.ts";
import { type Host, type PanelAction, type PanelState, reducePanel } from "./panelState.ts";
import { SpokenDisclosure } from "./spokenDisclosure.ts";
import { panel as template } from "./templates/panel.ts";

/** The guest's panel: shows what the client and the guest's own choices come to, in one element of the page. */
export class GuestPanel {
  readonly #client: VoiceClient;
  readonly #root: HTMLElement;
  readonly #memory: Memory;
  readonly #controller: Controller;
  readonly #levels: Levels;
  readonly #moments = new Moments();
  readonly #disclosure: SpokenDisclosure;
  readonly #longWait = new LongWait((long) => {
    this.#dispatch({ type: "waits", long });
  });
  #panel: PanelState;
  /** The client's state as it was last told. */
  #known: State;
  /** The frame in which the client's news will be shown. */
  #frame: number | null = null;

  /** @param panel what is known from earlier visits. */
  constructor(client: VoiceClient, root: HTMLElement, memory: Memory, panel: PanelState) {
    this.#client = client;
    this.#root = root;
    this.#memory = memory;
    this.#panel = panel;
    this.#known = client.state;
    this.#levels = new Levels(client, root);
    this.#disclosure = new SpokenDisclosure(client.voiceLibrary, memory, (on) => {
      this.#dispatch({ type: "disclosing", on });
    });
    this.#controller = new Controller({
      client,
      memory,
      panel: () => this.#panel,
      dispatch: (action) => {
        this.#dispatch(action);
      },
      moments: this.#moments.seen,
      focusWords: () => {
        this.#words?.focus({ preventScroll: true });
      },
      clearWords: () => {
        if (this.#words !== null) this.#words.value = "";
      },
      giveBack: (words) => {
        this.#giveBack(words);
      },
    });
  }

  /** Shows the panel, follows the client and the keyboard, and asks the server about the business. */
  async start(): Promise<void> {
    this.#client.on("state", (state) => {
      this.#giveBack(unsent(this.#known, state));
      this.#known = state;
      this.#disclosure.follow(state, () => disclosureOf(this.#model));
      this.#longWait.follow(phaseOf(state) === "thinking");
      this.#follow();
    });
    listenToKeys(
      this.#controller,
      () => void this.#client.interrupt(),
      () => this.#client.state,
    );
    this.#show();
    const facts = await this.#learn();
    if (facts !== null) this.#dispatch({ type: "facts", facts });
  }

  /** What the page around a frame tells: its own ways to a person, and what the guest has agreed to there. */
  setHost(host: Host): void {
    this.#dispatch({ type: "host", host });
    if (host.consent !== null) this.#client.setConsent(host.consent);
  }

  /** Whether the guest has accepted that; where not, the notice is shown, and it is done once that is accepted. */
  permits(intent: Intent): boolean {
    return this.#controller.permits(intent);
  }

  get #words(): HTMLInputElement | null {
    return this.#root.querySelector("#words");
  }

  #giveBack(words: string): void {
    const field = this.#words;
    if (field !== null && words !== "") field.value = `${words} ${field.value}`.trimEnd();
  }

  get #model(): Model {
    return modelOf(this.#client.state, this.#panel, this.#controller);
  }

  /** Shows what the client knows once a frame, however much comes in it: an answer is a hundred messages. */
  #follow(): void {
    if (this.#frame !== null) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = null;
      const notice = noticeFor(this.#client.state, this.#panel, this.#model.texts);
      this.#dispatch({ type: "shown", title: notice?.advice.title ?? "" });
    });
  }

  #dispatch(action: PanelAction): void {
    this.#panel = reducePanel(this.#panel, action);
    this.#show();
  }

  #show(): void {
    const model = this.#model;
    this.#moments.follow(model.state.turns, Date.now());
    document.documentElement.lang = model.state.language;
    document.title = this.#panel.facts.business === "" ? model.texts.titleAlone : model.texts.title;
    keepingEndInView(this.#root, () => {
      render(template(model), this.#root);
    });
    showDialogs(this.#root, this.#panel);
    this.#levels.follow();
  }

  /** What the server tells of the business; null where nobody answers, and what an earlier visit learnt holds. */
  async #learn(): Promise<Facts | null> {
    try {
      const answer = await fetch(new URL("api/business", location.href));
      if (!answer.ok) return null;
      const told: unknown = await answer.json();
      this.#memory.write("business", told);
      return readFacts(told);
    } catch {
      // Unreachable: the panel goes on with what it knows, and the talk button tells the rest.
      return null;
    }
  }
}
