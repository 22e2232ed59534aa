import { html, nothing, type TemplateResult } from "lit/html.js";
import { live } from "lit/directives/live.js";
import { listens, type Model } from "../model.ts";
import { icon } from "./icons.ts";

/** What the guest talks with: the button, mute, and how turns end. */
export function dock(model: Model): TemplateResult {
  const { state, texts, act } = model;
  const on = state.microphone.state === "on";
  return html`
    <section class="dock" aria-label=${texts.level}>
      <div class="buttons">
        ${talkButton(model)} ${!on ? nothing : state.turnMode === "manual" ? stopButton(model) : muteButton(model)}
      </div>
      <div
        class="meter"
        id="meter"
        role="meter"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow="0"
        aria-label=${texts.level}
        ?data-off=${!on}
      >
        <span class="track"><i id="level"></i></span>
      </div>
      ${modeSwitch(model)}
      ${
        state.soundBlocked
          ? html`<button class="quiet" id="sound" type="button" @click=${act.sound}>${texts.enableSound}</button>`
          : nothing
      }
    </section>
  `;
}

function talkButton({ state, texts, act }: Model): TemplateResult {
  if (state.turnMode === "manual") {
    return html`
      <button
        class="talk"
        id="talk"
        type="button"
        data-mode="manual"
        ?data-on=${state.holding}
        aria-pressed=${state.holding}
        aria-describedby="hint"
        @pointerdown=${(event: PointerEvent) => {
          if (event.button !== 0) return;
          (event.currentTarget as Element).setPointerCapture(event.pointerId);
          act.hold();
        }}
        @pointerup=${act.release}
        @pointercancel=${act.release}
        @contextmenu=${(event: Event) => {
          event.preventDefault();
        }}
        @click=${(event: MouseEvent) => {
          // No pointer and no key: a screen reader or a switch pressed it; once begins, once more ends.
          if (event.detail !== 0) return;
          if (state.holding) act.release();
          else act.hold();
        }}
      >
        ${icon("hold")}<span id="talk-label">${state.holding ? texts.mode.holding : texts.mode.hold}</span>
      </button>
    `;
  }
  const listening = listens(state.microphone);
  return html`
    <button class="talk" id="talk" type="button" data-mode="auto" ?data-on=${listening} @click=${act.talk}>
      ${icon(listening ? "stop" : "microphone")}<span id="talk-label">${listening ? texts.stop : texts.talk}</span>
    </button>
  `;
}

/** Where a button is held to talk, another closes the microphone. */
function stopButton({ texts, act }: Model): TemplateResult {
  return html`
    <button class="side" id="stop" type="button" aria-label=${texts.stop} title=${texts.stop} @click=${act.talk}>
      ${icon("stop")}
    </button>
  `;
}

function muteButton({ state, texts, act }: Model): TemplateResult {
  return html`
    <button
      class="side"
      id="mute"
      type="button"
      aria-pressed=${state.muted}
      aria-keyshortcuts="M"
      aria-label=${texts.mute}
      title=${texts.muteKey}
      @click=${act.mute}
    >
      ${icon(state.muted ? "muted" : "microphone")}
    </button>
  `;
}

function modeSwitch({ state, texts, act }: Model): TemplateResult {
  return html`
    <fieldset class="modes">
      <legend class="hidden">${texts.mode.label}</legend>
      ${(["auto", "manual"] as const).map(
        (mode) => html`
          <label>
            <input
              type="radio"
              name="mode"
              value=${mode}
              .checked=${live(state.turnMode === mode)}
              @change=${() => {
                act.setMode(mode);
              }}
            /><span>${texts.mode[mode]}</span>
          </label>
        `,
      )}
    </fieldset>
  `;
}
