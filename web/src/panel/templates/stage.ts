import { html, nothing, type TemplateResult } from "lit/html.js";
import { phaseOf } from "../../client/state.ts";
import { disclosureOf, type Model, moodOf, sayingOf } from "../model.ts";
import { orb } from "./orb.ts";

/** Sandra's side: what is going on, seen and in words. */
export function stage(model: Model): TemplateResult {
  const { state, panel, texts } = model;
  const saying = sayingOf(state, texts);
  return html`
    <section
      class="stage"
      id="stage"
      data-phase=${phaseOf(state)}
      data-mood=${moodOf(state)}
      data-guest=${state.guestSpeaks ? "speaks" : "quiet"}
      data-ducked=${state.ducked}
      aria-label=${panel.facts.persona}
    >
      ${orb()}
      <div class="saying">
        <p class="state" id="state">${saying.state}</p>
        <p class="hint" id="hint">${saying.hint}</p>
        ${state.slowLink ? html`<p class="slow" id="slow">${texts.slowLink}</p>` : nothing}
      </div>
      <p class="disclosure" id="disclosure">${disclosureOf(model)}</p>
    </section>
  `;
}
