import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { type CallList, extended, refreshed, type Window, windowOf } from "../callList.ts";
import { csv, download } from "../csv.ts";
import { empty, exportButton, staged } from "../parts.ts";
import { Resource } from "../resource.ts";
import { hashOf } from "../routes.ts";
import type { CallPage } from "../shapes.ts";
import { View } from "../view.ts";
import { callHead, callRow } from "./callRows.ts";

const EVERY_MS = 4_000;
const PAGE = 100;
/** Rows before the end of what is loaded at which more is asked for. */
const AHEAD = 40;
/** Until a row has been drawn and measured, px. */
const ROW_PX = 64;
const SEARCH_AFTER_MS = 250;

/** The list of calls: pages by cursor as it is scrolled, of which only the rows in sight are drawn. */
export class CallsView extends View {
  static override properties: PropertyDeclarations = { ...View.properties, shown: { state: true } };
  declare shown: Window;
  readonly #calls: Resource<CallList> = new Resource<CallList>(this, (signal) => this.#newest(signal), EVERY_MS);
  #older: AbortController | null = null;
  #row = ROW_PX;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.shown = { from: 0, to: 30 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("scroll", this.#look, { passive: true });
    addEventListener("resize", this.#look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("scroll", this.#look);
    removeEventListener("resize", this.#look);
    this.#older?.abort();
    clearTimeout(this.#typing);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("context");
    if (before === undefined || before.route === this.context.route) return;
    this.#older?.abort();
    this.#older = null;
    this.#calls.assume(null);
    void this.#calls.refresh();
  }

  protected override updated(): void {
    const row = this.querySelector("tbody tr.call");
    if (row !== null) this.#row = row.getBoundingClientRect().height || ROW_PX;
    this.#look();
  }

  get #query(): { language: string; q: string; live: string } {
    const { query } = this.context.route;
    return { language: query["language"] ?? "", q: query["q"] ?? "", live: query["live"] ?? "" };
  }

  async #newest(signal: AbortSignal): Promise<CallList> {
    const page = await this.context.api.get<CallPage>("calls", { ...this.#query, limit: PAGE }, signal);
    return this.#calls.state.data === null ? page : refreshed(this.#calls.state.data, page);
  }

  async #more(list: CallList): Promise<void> {
    if (this.#older !== null || list.next === null) return;
    const asking = new AbortController();
    this.#older = asking;
    try {
      const query = { ...this.#query, limit: PAGE, before: list.next };
      const page = await this.context.api.get<CallPage>("calls", query, asking.signal);
      if (!asking.signal.aborted) this.#calls.assume(extended(this.#calls.state.data ?? list, page));
    } catch {
      // The next look asks again; the list that is polled says what is wrong.
    } finally {
      if (this.#older === asking) this.#older = null;
    }
  }

  readonly #look = (): void => {
    const list = this.#calls.state.data;
    const body = this.querySelector("tbody");
    if (list === null || body === null) return;
    const seen = windowOf(list.calls.length, this.#row, -body.getBoundingClientRect().top, innerHeight);
    if (seen.from !== this.shown.from || seen.to !== this.shown.to) this.shown = seen;
    if (seen.to + AHEAD >= list.calls.length) void this.#more(list);
  };

  override render(): TemplateResult {
    return html`${this.#tools()}
    ${staged(this.context, {
      loaded: this.#calls.state,
      retry: () => void this.#calls.refresh(),
      heights: [3, 4, 4, 4, 4, 4, 4, 4],
      show: (list) => this.#show(list),
    })}`;
  }

  #tools(): TemplateResult {
    const { texts, format } = this.context;
    const { language, q, live } = this.#query;
    const typed = (event: Event): void => {
      const { value } = event.target as HTMLInputElement;
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => {
        this.#go({ q: value });
      }, SEARCH_AFTER_MS);
    };
    const chosen = (event: Event): void => {
      this.#go({ language: (event.target as HTMLSelectElement).value });
    };
    const onlyLive = (event: Event): void => {
      this.#go({ live: (event.target as HTMLInputElement).checked ? "true" : "" });
    };
    return html`<search class="tools">
      <label class="field grow">
        <span>${texts.calls.search}</span>
        <input type="search" maxlength="100" placeholder=${texts.calls.searchHint} .value=${q} @input=${typed} />
      </label>
      <label class="field">
        <span>${texts.calls.language}</span>
        <select @change=${chosen}>
          <option value="" ?selected=${language === ""}>${texts.common.all}</option>
          ${["es", "en"].map((code) => html`<option value=${code} ?selected=${language === code}>${format.language(code)}</option>`)}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" .checked=${live !== ""} @change=${onlyLive} /><span>${texts.calls.onlyLive}</span>
      </label>
      ${exportButton(this.context, () => {
        this.#export();
      })}
    </search>`;
  }

  #show(list: CallList): TemplateResult {
    const { texts } = this.context;
    const { calls, next } = list;
    if (calls.length === 0) {
      const filtered = Object.values(this.#query).some((value) => value !== "");
      if (!filtered)
        return empty(
          texts.calls.empty,
          texts.calls.emptyTodo,
          html`<a class="quiet" href="/">${texts.toTheGuests}</a>`,
        );
      return empty(
        texts.calls.none,
        texts.calls.noneTodo,
        html`<a class="quiet" href=${hashOf("calls")}>${texts.calls.clear}</a>`,
      );
    }
    const { from, to } = { from: Math.min(this.shown.from, calls.length), to: Math.min(this.shown.to, calls.length) };
    const now = new Date();
    return html`<p class="count" role="status">${texts.calls.count(calls.length, next !== null)}</p>
      <div class="card list">
        <table class="calls" aria-label=${texts.calls.table} aria-rowcount=${next === null ? calls.length + 1 : -1}>
          <thead>
            ${callHead(texts)}
          </thead>
          <tbody>
            ${gap(from * this.#row)}
            ${calls.slice(from, to).map((call, n) => callRow(call, from + n, now, this.context))}
            ${gap((calls.length - to) * this.#row)}
          </tbody>
        </table>
      </div>
      <p class="count">${next === null ? texts.calls.end : texts.calls.more}</p>`;
  }

  #go(change: Record<string, string>): void {
    location.replace(hashOf("calls", null, { ...this.#query, ...change }));
  }

  #export(): void {
    const calls = this.#calls.state.data?.calls ?? [];
    const head = [
      "session",
      "started_at",
      "ended_at",
      "language",
      "voice",
      "turns",
      "seconds",
      "dollars",
      "voice_to_voice_ms",
      "unanswered",
      "end_reason",
      "first_words",
    ] as const;
    download(
      this.context.texts.calls.file,
      csv(
        head,
        calls.map((call) => head.map((name) => call[name])),
      ),
    );
  }
}

/** The rows that are not drawn, as room. */
function gap(px: number): TemplateResult | typeof nothing {
  if (px <= 0) return nothing;
  return html`<tr class="room" aria-hidden="true" .style=${`height: ${px}px`}></tr>`;
}
