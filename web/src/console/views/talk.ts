import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { isBusy, phaseOf, type State, type Turn } from "../../client/state.ts";
import { unsent } from "../../client/unsent.ts";
import { VoiceClient } from "../../client/voiceClient.ts";
import { SIGNS } from "../icons.ts";
import { icon } from "../parts.ts";
import { type TalkTrouble, talkTrouble } from "../talkTrouble.ts";
import type { Opened } from "../trial.ts";
import { View } from "../view.ts";

/** A conversation with a trial, by the client that guests have. */
export class TalkView extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    opened: { attribute: false },
    name: { attribute: false },
  };
  declare opened: Opened;
  /** How she calls herself. */
  declare name: string;
  #client: VoiceClient | null = null;
  #over: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("opened")) this.#open();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("opened")) this.querySelector("input")?.focus({ preventScroll: true });
    const list = this.querySelector(".said");
    if (list !== null) list.scrollTop = list.scrollHeight;
  }

  override render(): TemplateResult {
    const { texts, format } = this.context;
    const client = this.#client;
    if (client === null) return html``;
    const phase = phaseOf(client.state);
    const listening = client.state.microphone.state === "on";
    const saying = `${this.name}: ${texts.tryOut.phases[phase]}`;
    const trouble = talkTrouble(client.state);
    return html`<p class="phase" data-phase=${phase}><i aria-hidden="true"></i>${saying}</p>
      <p class="hidden" role="status">${toldOf(client.state, saying, trouble && texts.tryOut.troubles[trouble])}</p>
      <ol class="said" tabindex="0" aria-label=${texts.tryOut.talk}>
        ${client.state.turns.map((turn) => this.#turn(turn))}
      </ol>
      ${trouble === null ? nothing : this.#trouble(trouble)}
      <form class="composer" @submit=${this.#send}>
        <input
          type="text"
          maxlength="1000"
          autocomplete="off"
          aria-label=${texts.tryOut.write}
          placeholder=${texts.tryOut.write}
        />
        <button class="bold" type="submit">${texts.tryOut.send}</button>
        <button class="quiet" type="button" aria-pressed=${listening} @click=${this.#listen}>
          ${icon(SIGNS.microphone)} ${listening ? texts.tryOut.stop : texts.tryOut.speak}
        </button>
      </form>
      <p class="hint">
        ${texts.tryOut.until(format.recent(this.opened.expires_at, new Date(this.opened.expires_at)))}
      </p>`;
  }

  #trouble(trouble: TalkTrouble): TemplateResult {
    const { tryOut } = this.context.texts;
    return html`<div class="verdict">
      <p>${tryOut.troubles[trouble]}</p>
      ${
        trouble === "elsewhere"
          ? html`<button class="quiet" type="button" @click=${this.#takeVoice}>${tryOut.takeVoice}</button>`
          : nothing
      }
    </div>`;
  }

  #turn({ guest, answer, language }: Turn): TemplateResult {
    return html`<li lang=${language}>
      ${
        guest === null
          ? nothing
          : html`<div class="guest">
              <span class="who">${this.context.texts.tryOut.you}</span>
              <p>${guest.text}</p>
            </div>`
      }
      ${
        answer === null
          ? nothing
          : html`<div class="sandra">
              <span class="who">${this.name}</span>
              <p>${answer.text}</p>
            </div>`
      }
    </li>`;
  }

  #open(): void {
    this.#close();
    const client = new VoiceClient({
      url: new URL("/ws/stream", location.href.replace(/^http/, "ws")).href,
      healthUrl: new URL("/readyz", location.href).href,
      base: "/",
      language: this.context.language,
      trial: this.opened.trial,
    });
    let known = client.state;
    client.on("state", (state) => {
      this.#giveBack(unsent(known, state));
      known = state;
      this.requestUpdate();
    });
    this.#client = client;
    this.#over = setTimeout(
      () => {
        this.dispatchEvent(new Event("over"));
      },
      Math.max(0, Date.parse(this.opened.expires_at) - Date.now()),
    );
  }

  #close(): void {
    clearTimeout(this.#over);
    void this.#client?.close();
    this.#client = null;
  }

  /** Words that could not be sent are in the field again. */
  #giveBack(words: string): void {
    const input = this.querySelector("input");
    if (input !== null && words !== "") input.value = `${words} ${input.value}`.trimEnd();
  }

  readonly #send = (event: Event): void => {
    event.preventDefault();
    const input = this.querySelector("input");
    if (input === null || this.#client === null) return;
    const words = input.value;
    input.value = "";
    this.#client.sendText(words).catch(() => {
      this.#giveBack(words); // another tab has the voice, and the state says so
    });
  };

  readonly #listen = (): void => {
    const client = this.#client;
    if (client === null) return;
    const on = client.state.microphone.state === "on";
    (on ? client.stopListening() : client.startListening()).catch(() => undefined); // the state says why
  };

  readonly #takeVoice = (): void => {
    this.#client?.takeOver().catch(() => undefined);
    this.querySelector("input")?.focus({ preventScroll: true });
  };
}

/** For screen readers: nothing that they would say over her, or just before she begins. */
function toldOf(state: State, saying: string, trouble: string | null): string {
  return isBusy(state) ? "" : [saying, trouble].filter((part) => part !== null).join(". ");
}
