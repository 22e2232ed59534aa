/** The form of a trial: pure templates. */
import { html, type TemplateResult } from "lit";
import { type Draft, type Fault, filled, type Present } from "../trial.ts";
import { named, type Texts } from "../texts/index.ts";
import type { Context } from "../view.ts";

export interface FormActs {
  change: (change: Partial<Draft>) => void;
  prepare: () => void;
  reset: () => void;
}

export function tryForm(
  context: Context,
  present: Present,
  draft: Draft,
  preparing: boolean,
  acts: FormActs,
): TemplateResult {
  const { tryOut } = context.texts;
  const submit = (event: Event): void => {
    event.preventDefault();
    acts.prepare();
  };
  return html`<form class="form" @submit=${submit}>
    ${persona(context, present, draft, acts)}
    <label class="field">
      <span>${tryOut.facts}</span>
      <textarea
        name="knowledge"
        rows="18"
        wrap="off"
        spellcheck="false"
        autocapitalize="off"
        aria-describedby="facts-hint"
        .value=${draft.knowledge}
        @input=${(event: Event) => {
          acts.change({ knowledge: valueOf(event) });
        }}
      ></textarea>
    </label>
    <p class="hint" id="facts-hint">${tryOut.factsHint}</p>
    <p class="links">
      <button class="bold" type="submit" ?disabled=${preparing}>
        ${preparing ? tryOut.preparing : tryOut.prepare}
      </button>
      <button class="quiet" type="button" ?disabled=${preparing} @click=${acts.reset}>${tryOut.reset}</button>
    </p>
  </form>`;
}

function persona(context: Context, present: Present, draft: Draft, { change }: FormActs): TemplateResult {
  const { texts, format } = context;
  const { tryOut } = texts;
  const greet = (code: string) => (event: Event) => {
    change({ greeting: { ...draft.greeting, [code]: valueOf(event) } });
  };
  return html`<div class="pair">
      <label class="field">
        <span>${tryOut.name}</span>
        <input
          name="name"
          required
          maxlength="40"
          autocomplete="off"
          .value=${draft.name}
          @input=${(event: Event) => {
            change({ name: valueOf(event) });
          }}
        />
      </label>
      <label class="field">
        <span>${tryOut.voice}</span>
        <input
          name="voice"
          list="voices"
          autocomplete="off"
          .value=${draft.voice}
          @input=${(event: Event) => {
            change({ voice: valueOf(event) });
          }}
        />
        <datalist id="voices">${present.voices.map((voice) => html`<option value=${voice}></option>`)}</datalist>
      </label>
    </div>
    ${present.languages.map(
      (code) =>
        html`<label class="field">
          <span>${tryOut.greeting(format.language(code))}</span>
          <textarea
            name="greeting-${code}"
            lang=${code}
            rows="2"
            maxlength="300"
            .value=${draft.greeting[code] ?? ""}
            @input=${greet(code)}
          ></textarea>
        </label>`,
    )}
    <p class="hint">${tryOut.greetingHint}</p>`;
}

/** What is to be corrected, each with the way to its line. */
export function faultList({ texts }: Context, faults: readonly Fault[], goTo: (line: number) => void): TemplateResult {
  const { tryOut } = texts;
  return html`<div class="faults" role="alert" tabindex="-1">
    <p><strong>${tryOut.errors(faults.length)}</strong></p>
    <ul>
      ${faults.map((fault) => html`<li>${place(fault, texts, goTo)} ${wrong(fault, texts)}</li>`)}
    </ul>
  </div>`;
}

function place({ where, line }: Fault, { tryOut }: Texts, goTo: (line: number) => void): TemplateResult {
  if (line === 0) return html`<b>${named(tryOut.wheres, where) ?? where}</b>`;
  const go = (): void => {
    goTo(line);
  };
  return html`<button class="line" type="button" @click=${go}>${tryOut.goTo(line)}</button>`;
}

/** In the owner's language; a kind that this page does not know, as the server told it to developers. */
function wrong({ where, code, values, problem, todo }: Fault, { tryOut }: Texts): TemplateResult {
  const said = named(tryOut.faults, code);
  if (said === undefined) return html`<span lang="en">${problem} ${todo}</span>`;
  const meant = values["meant"] ? filled(tryOut.meant, values) : "";
  return html`${filled(said, values)} ${meant} ${named(tryOut.todos, where) ?? tryOut.todos.knowledge}`;
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
}
