import { html, nothing, type TemplateResult } from "lit/html.js";
import { guard } from "lit/directives/guard.js";
import type { Model } from "../model.ts";
import { composer } from "./composer.ts";
import { icon } from "./icons.ts";
import { noticeBar } from "./noticeBar.ts";
import { turnItem, typedItem } from "./turn.ts";

/** The words: what was said and heard, and the field to type in. */
export function conversation(model: Model): TemplateResult {
  const { state, texts, act } = model;
  const empty = state.turns.length === 0 && state.typed.length === 0;
  return html`
    <section class="conversation" aria-labelledby="conversation-title">
      <div class="heading">
        <h2 id="conversation-title">${texts.conversation}</h2>
        <button class="quiet" id="clear" type="button" ?hidden=${empty} @click=${act.clear}>${texts.clear}</button>
        <button class="quiet" id="options" type="button" aria-haspopup="dialog" @click=${act.openOptions}>
          ${icon("options")}<span>${texts.options.open}</span>
        </button>
      </div>
      ${noticeBar(model)}
      <div class="scroll" id="scroll" tabindex="0" role="log" aria-live="off" aria-labelledby="conversation-title">
        ${empty ? welcome(model) : nothing} ${turnList(model)}
      </div>
      ${composer(model)}
    </section>
  `;
}

/** By place and not by key: of every item that leaves by its key, lit's `repeat` (3.3.3) leaves a node behind. */
function turnList({ state, panel, texts }: Model): TemplateResult {
  const { persona } = panel.facts;
  return html`
    <ol class="turns" id="turns">
      ${state.turns.map((turn) => guard([turn, texts], () => turnItem(turn, persona, texts)))}
      ${state.typed.map((text) => typedItem(text, texts))}
    </ol>
  `;
}

function welcome({ state, panel, texts, act }: Model): TemplateResult {
  const examples = panel.facts.examples[state.language] ?? [];
  return html`
    <div class="welcome" id="welcome">
      <p class="lead">${texts.lead}</p>
      ${examples.length === 0 ? nothing : html`<p>${texts.tryAsking}</p>`}
      <ul id="examples">
        ${examples.map(
          (example) => html`
            <li>
              <button
                type="button"
                @click=${() => {
                  act.say(example);
                }}
              >
                ${example}
              </button>
            </li>
          `,
        )}
      </ul>
    </div>
  `;
}
