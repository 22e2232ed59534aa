import { html, nothing, type TemplateResult } from "lit";
import { copyButton } from "../copying.ts";
import { csv, download } from "../csv.ts";
import { knowledgeEntry } from "../knowledgeEntry.ts";
import { empty, exportButton, staged } from "../parts.ts";
import { Resource } from "../resource.ts";
import { hashOf } from "../routes.ts";
import type { Gap, Gaps } from "../shapes.ts";
import { View } from "../view.ts";

const EVERY_MS = 30_000;
const DAYS = 30;
const LANGUAGES = ["es", "en"];

/** What was not answered, with what teaches it. */
export class GapsView extends View {
  readonly #gaps = new Resource<Gaps>(
    this,
    (signal) => this.context.api.get<Gaps>("gaps", { days: DAYS }, signal),
    EVERY_MS,
  );

  override render(): TemplateResult {
    const retry = (): void => void this.#gaps.refresh();
    return staged(this.context, {
      loaded: this.#gaps.state,
      retry,
      heights: [3, 9, 9, 9],
      show: ({ gaps }) => this.#show(gaps),
    });
  }

  #show(gaps: readonly Gap[]): TemplateResult {
    const { texts } = this.context;
    if (gaps.length === 0) return empty(texts.gaps.empty, texts.gaps.emptyTodo);
    const save = (): void => {
      const head = ["question", "language", "times", "last_at", "answer", "session", "turn"];
      const rows = gaps.map((gap) => [
        gap.question,
        gap.language,
        gap.times,
        gap.last_at,
        gap.answer,
        gap.session,
        gap.turn,
      ]);
      download(texts.gaps.file, csv(head, rows));
    };
    return html`<div class="tools">
        <p class="count">${texts.gaps.total(gaps.length)} · ${texts.common.days(DAYS)}</p>
        ${exportButton(this.context, save)}
      </div>
      <ul class="gaps">
        ${gaps.map((gap, n) => this.#gap(gap, n === 0))}
      </ul>`;
  }

  #gap(gap: Gap, open: boolean): TemplateResult {
    const { texts, format } = this.context;
    const fill = (code: string): string =>
      code === gap.language ? texts.gaps.fill : texts.gaps.fillIn(format.language(code));
    const entry = knowledgeEntry(gap, LANGUAGES, fill);
    return html`<li class="card gap">
      <div class="asked">
        <span class="times">${texts.gaps.times(gap.times)}</span>
        <h2><q lang=${gap.language}>${gap.question}</q></h2>
        <p class="hint">${format.language(gap.language)} · ${texts.gaps.last(format.when(gap.last_at))}</p>
        ${gap.answer === "" ? nothing : html`<p class="said">${texts.gaps.answered} <q lang=${gap.language}>${gap.answer}</q></p>`}
        <p class="links">
          <a href=${hashOf("calls", gap.session, { turn: String(gap.turn) })}>${texts.gaps.see}</a>
        </p>
      </div>
      <details ?open=${open}>
        <summary>${texts.gaps.entry}</summary>
        <p class="hint">${texts.gaps.entryHint}</p>
        <pre tabindex="0" aria-label=${texts.gaps.entry}>${entry}</pre>
        <p class="links">
          ${copyButton(this.context, entry)}
          <a class="quiet" href=${hashOf("try", null, { add: gap.question, language: gap.language })}
            >${texts.gaps.tryIt}</a
          >
        </p>
      </details>
    </li>`;
  }
}
