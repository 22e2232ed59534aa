import { html, type TemplateResult } from "lit";
import { copyButton } from "../copying.ts";
import { empty, staged, tile } from "../parts.ts";
import { Resource } from "../resource.ts";
import type { Library } from "../shapes.ts";
import { named } from "../texts/index.ts";
import { View } from "../view.ts";

const EVERY_MS = 60_000;
const BUILD = "enterprise-stream voices build --suggested";

/** What she says without having to synthesise it, and what would be worth adding. */
export class LibraryView extends View {
  readonly #library = new Resource<Library>(
    this,
    (signal) => this.context.api.get<Library>("library", {}, signal),
    EVERY_MS,
  );

  override render(): TemplateResult {
    return staged(this.context, {
      loaded: this.#library.state,
      retry: () => void this.#library.refresh(),
      heights: [8, 14, 18],
      show: (library) => this.#show(library),
    });
  }

  #show(library: Library): TemplateResult {
    const { texts, format } = this.context;
    if (!library.enabled) return empty(texts.library.off, texts.library.offTodo);
    if (library.clips === 0 && library.uses.length === 0) return empty(texts.library.empty, texts.library.emptyTodo);
    const chars = library.uses.reduce((sum, use) => sum + use.library_chars, 0);
    const sooner = library.uses.reduce((sum, use) => sum + use.wait_saved_ms * use.library_chars, 0) / (chars || 1);
    const work = library.uses.reduce((sum, use) => sum + use.work_saved_s, 0);
    const mb = (bytes: number): string => format.number(bytes / 1e6, 1);
    return html`<dl class="tiles">
        ${tile(texts.library.share, format.percent(library.share), library.since === "" ? "" : texts.library.since(format.day(library.since)))}
        ${tile(texts.library.sooner, format.ms(chars === 0 ? null : sooner))}
        ${tile(texts.library.saved, format.duration(work))}
        ${tile(texts.library.clips, format.number(library.clips), texts.library.size(mb(library.bytes), mb(library.limit_bytes)))}
      </dl>
      <div class="columns">
        ${this.#suggestions(library)}
        <div class="stack">${this.#uses(library)}</div>
      </div>
      ${this.#shelves(library)}`;
  }

  #suggestions({ suggestions }: Library): TemplateResult {
    const { texts, format } = this.context;
    const command = `${BUILD} ${suggestions.length}`;
    return html`<section class="card" aria-labelledby="suggestions">
      <div class="head"><h2 id="suggestions">${texts.library.suggestions}</h2></div>
      ${
        suggestions.length === 0
          ? html`<p class="hint">${texts.library.noSuggestions}</p>`
          : html`<p class="hint">${texts.library.suggestionsHint}</p>
              <ol class="phrases">
                ${suggestions.map(
                  ({ text, language, said }) =>
                    html`<li>
                      <q lang=${language}>${text}</q>
                      <span>${format.language(language)} · ${texts.library.said(said)}</span>
                    </li>`,
                )}
              </ol>
              <p class="hint">${texts.library.build}</p>
              <div class="command"><code>${command}</code> ${copyButton(this.context, command)}</div>`
      }
    </section>`;
  }

  #uses({ uses }: Library): TemplateResult {
    const { texts, format } = this.context;
    return html`<section class="card" aria-labelledby="by-language">
      <div class="head"><h2 id="by-language">${texts.library.byLanguage}</h2></div>
      <dl class="shares">
        ${uses.map(
          (use) =>
            html`<div>
              <dt>${format.language(use.language)}</dt>
              <dd>${format.percent(use.share)}</dd>
              <dd class="track" aria-hidden="true"><i .style=${`width: ${use.share * 100}%`}></i></dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }

  #shelves({ shelves }: Library): TemplateResult {
    const { texts, format } = this.context;
    return html`<section class="card" aria-labelledby="shelves">
      <div class="head"><h2 id="shelves">${texts.library.shelves}</h2></div>
      <div class="wide" tabindex="0" role="group" aria-labelledby="shelves">
        <table>
          <thead>
            <tr>
              <th scope="col">${texts.library.category}</th>
              <th scope="col">${texts.library.language}</th>
              <th scope="col">${texts.library.tier}</th>
              <th scope="col" class="number">${texts.library.clips}</th>
              <th scope="col" class="number">${texts.library.seconds}</th>
            </tr>
          </thead>
          <tbody>
            ${shelves.map(
              (shelf) =>
                html`<tr>
                  <th scope="row">${shelf.category}</th>
                  <td>${format.language(shelf.language)}</td>
                  <td>${named(texts.library.tiers, shelf.tier) ?? shelf.tier}</td>
                  <td class="number">${format.number(shelf.clips)}</td>
                  <td class="number">${format.number(shelf.seconds)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}
