import { html, nothing, type TemplateResult } from "lit";
import { SIGNS } from "../icons.ts";
import { empty, icon, staged } from "../parts.ts";
import { Resource } from "../resource.ts";
import type { Engines, Rung } from "../shapes.ts";
import { named } from "../texts/index.ts";
import { View } from "../view.ts";

const EVERY_MS = 4_000;

/** Who hears, thinks and speaks, and who stands by. */
export class EnginesView extends View {
  readonly #engines = new Resource<Engines>(
    this,
    (signal) => this.context.api.get<Engines>("engines", {}, signal),
    EVERY_MS,
  );

  override render(): TemplateResult {
    return staged(this.context, {
      loaded: this.#engines.state,
      retry: () => void this.#engines.refresh(),
      heights: [6, 18],
      show: (engines) => this.#show(engines),
    });
  }

  #show(engines: Engines): TemplateResult {
    const { texts, format } = this.context;
    const ladders = Object.entries(engines.ladders);
    if (ladders.length === 0) return empty(texts.engines.none, texts.engines.noneTodo);
    const missing = engines.missing.map((kind) => named(texts.engines.kinds, kind) ?? kind).join(", ");
    const sessions = `${format.number(engines.sessions)} / ${format.number(engines.places)}`;
    return html`<section class="attention ${engines.ready ? "calm" : ""}" role="status">
        ${icon(engines.ready ? SIGNS.good : SIGNS.attention)}
        <p>
          <strong>${engines.ready ? texts.engines.ready : texts.engines.notReady}</strong>
          ${missing === "" ? nothing : texts.engines.missing(missing)} ${texts.engines.mode}:
          ${engines.mode === "embedded" ? texts.engines.embedded : engines.mode}. ${texts.engines.sessions}:
          ${sessions}.
        </p>
      </section>
      <div class="ladders">
        ${ladders.map(
          ([kind, rungs]) =>
            html`<section class="card" aria-labelledby="ladder-${kind}">
              <div class="head"><h2 id="ladder-${kind}">${named(texts.engines.titles, kind) ?? kind}</h2></div>
              <ol class="ladder">
                ${rungs.map((rung) => this.#rung(rung))}
              </ol>
            </section>`,
        )}
      </div>
      <p class="hint">${texts.engines.order}</p>`;
  }

  #rung(rung: Rung): TemplateResult {
    const { texts } = this.context;
    const state = rung.in_use ? "inUse" : rung.state === "closed" ? "standby" : rung.state;
    return html`<li data-state=${state}>
      <i class="lamp" aria-hidden="true"></i>
      <div>
        <strong>${rung.engine}</strong> <span class="state">${texts.engines.states[state]}</span>
        <p>${texts.engines.hints[state]}</p>
      </div>
    </li>`;
  }
}
