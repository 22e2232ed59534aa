import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { ApiError, type ProblemKind } from "../api.ts";
import { knowledgeEntry } from "../knowledgeEntry.ts";
import { staged, trouble } from "../parts.ts";
import { Resource } from "../resource.ts";
import {
  askedGap,
  codeOf,
  type Draft,
  draftOf,
  faultsOf,
  type Fault,
  lineAt,
  type Opened,
  type Present,
  wishOf,
  withEntry,
} from "../trial.ts";
import { View } from "../view.ts";
import { faultList, tryForm } from "./tryForm.ts";

/** How far the owner has come. */
type Step =
  | { name: "changing"; faults: readonly Fault[]; full: boolean; problem: ProblemKind | null }
  | { name: "preparing" }
  | { name: "talking"; opened: Opened };

const CHANGING: Step = { name: "changing", faults: [], full: false, problem: null };

/** Changes Sandra for nobody but the owner, who talks with her here. */
export class TryView extends View {
  static override properties: PropertyDeclarations = {
    ...View.properties,
    step: { state: true },
    draft: { state: true },
  };
  declare step: Step;
  declare draft: Draft | null;
  readonly #present: Resource<Present> = new Resource<Present>(this, (signal) => this.#load(signal), null);

  constructor() {
    super();
    this.step = CHANGING;
    this.draft = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("pagehide", this.#left);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.#left);
    void this.#end();
  }

  async #load(signal: AbortSignal): Promise<Present> {
    const present = await this.context.api.get<Present>("trials", {}, signal);
    this.draft ??= this.#withQuestion(draftOf(present), present);
    return present;
  }

  /** The draft with the question that the address brings, ready to be answered. */
  #withQuestion(draft: Draft, present: Present): Draft {
    const { add = "", language = "" } = this.context.route.query;
    if (add === "") return draft;
    const { texts, format } = this.context;
    const fill = (code: string): string =>
      code === language ? texts.gaps.fill : texts.gaps.fillIn(format.language(code));
    const entry = knowledgeEntry(askedGap(add, language), present.languages, fill);
    return { ...draft, knowledge: withEntry(draft.knowledge, entry) };
  }

  protected override updated(changed: PropertyValues): void {
    const { step } = this;
    if (changed.has("step") && step.name === "changing" && step.faults.length > 0) {
      this.querySelector<HTMLElement>(".faults")?.focus();
    }
  }

  override render(): TemplateResult {
    return staged(this.context, {
      loaded: this.#present.state,
      retry: () => void this.#present.refresh(),
      heights: [34],
      show: (present) => this.#show(present, this.draft ?? draftOf(present)),
    });
  }

  #show(present: Present, draft: Draft): TemplateResult {
    const { texts } = this.context;
    const { step } = this;
    const acts = {
      change: (change: Partial<Draft>): void => {
        this.draft = { ...draft, ...change };
      },
      prepare: (): void => void this.#prepare(present, draft),
      reset: (): void => {
        this.draft = draftOf(present);
        this.step = CHANGING;
      },
    };
    return html`<div class="columns even">
      <section class="card" aria-labelledby="change">
        <div class="head"><h2 id="change">${texts.tryOut.change}</h2></div>
        ${step.name === "changing" ? this.#wrong(step, draft, acts.prepare) : nothing}
        ${tryForm(this.context, present, draft, step.name === "preparing", acts)}
      </section>
      <section class="card talk" aria-labelledby="talk">
        <div class="head"><h2 id="talk">${texts.tryOut.talk}</h2></div>
        ${
          step.name === "talking"
            ? html`<console-talk
                .context=${this.context}
                .opened=${step.opened}
                .name=${draft.name}
                @over=${() => {
                  this.step = CHANGING;
                }}
              ></console-talk>`
            : html`<p class="hint waits">${texts.tryOut.waiting}</p>`
        }
        <p class="hint">${texts.tryOut.nothingKept}</p>
      </section>
    </div>`;
  }

  #wrong(
    step: Extract<Step, { name: "changing" }>,
    draft: Draft,
    prepare: () => void,
  ): TemplateResult | typeof nothing {
    const { texts } = this.context;
    if (step.full) return html`<p class="verdict" role="alert">${texts.tryOut.full}</p>`;
    if (step.problem !== null) return trouble(this.context, step.problem, prepare);
    if (step.faults.length === 0) return nothing;
    return faultList(this.context, step.faults, (line) => {
      const area = this.querySelector<HTMLTextAreaElement>("textarea[name=knowledge]");
      const { start, end } = lineAt(draft.knowledge, line);
      area?.focus();
      area?.setSelectionRange(start, end);
      if (area !== null)
        area.scrollTop = (area.scrollHeight / draft.knowledge.split("\n").length) * Math.max(0, line - 4);
    });
  }

  async #prepare(present: Present, draft: Draft): Promise<void> {
    const ended = this.#end();
    this.step = { name: "preparing" };
    await ended; // its place may be the one that the next is given
    try {
      const opened = await this.context.api.post<Opened>("trials", wishOf(draft, present));
      if (this.isConnected) this.step = { name: "talking", opened };
      else await this.context.api.delete(`trials/${opened.trial}`);
    } catch (error) {
      const failed = error instanceof ApiError ? error : new ApiError("server");
      const faults = faultsOf(failed.body);
      const full = codeOf(failed.body) === "trials_full";
      this.step = { name: "changing", faults, full, problem: full || faults.length > 0 ? null : failed.kind };
    }
  }

  /** The tab is closed or loaded anew: its trial would keep its place until it ends by itself. */
  readonly #left = (): void => {
    void this.#end();
  };

  /** Gives the trial's place back; one that cannot be told ends by itself. */
  async #end(): Promise<void> {
    if (this.step.name !== "talking") return;
    const { trial } = this.step.opened;
    this.step = CHANGING;
    await this.context.api.delete(`trials/${trial}`).catch(() => undefined);
  }
}
