import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { lengthMs, stretches } from "../callTime.ts";
import { SIGNS } from "../icons.ts";
import { empty, icon, staged } from "../parts.ts";
import { Resource } from "../resource.ts";
import { hashOf } from "../routes.ts";
import type { CallDetail } from "../shapes.ts";
import { named } from "../texts/index.ts";
import { View } from "../view.ts";
import { turnItem } from "./turn.ts";

const EVERY_MS = 4_000;

/** One call: what was said, what was heard of it, and what each wait was made of. */
export class CallView extends View {
  readonly #call = new Resource<CallDetail>(this, (signal) => this.#load(signal), EVERY_MS);
  /** The turn that the page has been scrolled to. */
  #at = "";

  async #load(signal: AbortSignal): Promise<CallDetail> {
    const known = this.#call.state.data;
    if (known !== null && !known.live && known.session === this.context.route.session) return known;
    return this.context.api.get<CallDetail>(
      `calls/${encodeURIComponent(this.context.route.session ?? "")}`,
      {},
      signal,
    );
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get("context");
    if (before !== undefined && before.route.session !== this.context.route.session) {
      this.#call.assume(null);
      void this.#call.refresh();
    }
    const wanted = this.context.route.query["turn"] ?? "";
    const place = wanted === "" ? null : this.querySelector<HTMLElement>(`#turn-${CSS.escape(wanted)}`);
    if (place === null || this.#at === wanted) return;
    this.#at = wanted;
    place.scrollIntoView({ block: "start" });
    place.querySelector<HTMLElement>("h3")?.focus({ preventScroll: true });
  }

  override render(): TemplateResult {
    const { call } = this.context.texts;
    const known = this.#call.state.data !== null;
    return html`<p class="way"><a href=${hashOf("calls")}>${icon(SIGNS.back)} ${call.back}</a></p>
      ${known ? nothing : html`<h1 class="hidden">${call.one}</h1>`}
      ${staged(this.context, {
        loaded: this.#call.state,
        retry: () => void this.#call.refresh(),
        heights: [9, 6, 18, 18],
        show: (call) => this.#show(call),
      })}`;
  }

  #show(call: CallDetail): TemplateResult {
    const { texts } = this.context;
    return html`${this.#facts(call)} ${this.#timeline(call)}
      <section aria-labelledby="transcript">
        <h2 id="transcript" class="section">${texts.call.transcript}</h2>
        ${call.words_kept ? nothing : html`<p class="hint">${texts.call.wordsGone}</p>`}
        ${
          call.turns.length === 0
            ? empty(texts.call.empty, texts.call.emptyTodo)
            : html`<ol class="turns">
                ${call.turns.map((turn) => turnItem(turn, call, this.context))}
              </ol>`
        }
      </section>`;
  }

  #facts(call: CallDetail): TemplateResult {
    const { texts, format } = this.context;
    const { consent } = call;
    const agreed = consent?.given === true ? texts.call.consentGiven : texts.call.consentRefused;
    const end = call.live
      ? html`<b class="live">${texts.common.live}</b>`
      : (named(texts.ends, call.end_reason) ?? call.end_reason ?? "–");
    const facts: [string, unknown][] = [
      [texts.call.lasted, format.duration(call.seconds)],
      [texts.call.wait, format.ms(call.voice_to_voice_ms)],
      [texts.call.cost, format.money(call.dollars)],
      [texts.call.language, format.language(call.language)],
      [texts.call.voice, call.voice],
      [texts.call.ended, end],
      [texts.call.consent, consent === null ? texts.call.consentUnknown : agreed(consent.version)],
    ];
    return html`<section class="card facts" aria-labelledby="call">
      <h1 id="call" tabindex="-1">${texts.call.title(format.when(call.started_at))}</h1>
      <dl>
        ${facts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }

  #timeline(call: CallDetail): TemplateResult | typeof nothing {
    const { texts, format } = this.context;
    if (call.turns.length === 0) return nothing;
    return html`<section class="card" aria-labelledby="timeline">
      <div class="head">
        <h2 id="timeline">${texts.call.timeline}</h2>
        <p class="hint">${texts.call.timelineHint}</p>
      </div>
      <ul class="timeline">
        ${stretches(call).map(
          (each) =>
            html`<li .style=${`left: ${each.left}%; width: ${each.width}%`}>
              <a
                href=${hashOf("calls", call.session, { turn: String(each.turn) })}
                data-cut=${each.interrupted}
                data-answered=${each.answered}
                title="${texts.call.turn(each.turn)} · ${format.position(each.startMs)}"
                aria-label="${texts.call.turn(each.turn)}, ${format.position(each.startMs)}"
              ></a>
            </li>`,
        )}
      </ul>
      <p class="ends" aria-hidden="true"><span>0:00</span><span>${format.position(lengthMs(call))}</span></p>
    </section>`;
  }
}
