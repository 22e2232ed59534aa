/// <reference types="vite/client" />
import { describe, expect, it } from "vitest";
import { LANGUAGES } from "../../src/client/language.ts";
import { initialState, type State } from "../../src/client/state.ts";
import { NO_FACTS } from "../../src/panel/facts.ts";
import { noticeFor } from "../../src/panel/notices.ts";
import { initialPanel } from "../../src/panel/panelState.ts";
import { fill, textsFor } from "../../src/panel/texts/texts.ts";

const FAILURES = ["denied", "dismissed", "none", "busy", "insecure", "policy"] as const;
const ENDINGS = ["idle", "session_over", "budget_spent", "replaced", "refused", "unreachable"] as const;
const FILLED_LATER = ["session", "seconds", "number", "phone", "whatsapp", "email", "by", "from", "to"];
const panel = initialPanel(null, null);
const textsIn = (language: "es" | "en") => textsFor(language, "Sandra", "Casas del Turia");

/** Every text of a tree, by its path. */
function leaves(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  return Object.entries(value as object).flatMap(([key, part]) => leaves(part, `${path}.${key}`));
}

describe.each(LANGUAGES)("texts in %s", (language) => {
  const texts = textsIn(language);

  it("say what to do in each of the six microphone failures, each in its own words", () => {
    const notices = FAILURES.map((failure) => {
      const state: State = { ...initialState(language), microphone: { state: "refused", failure } };
      return noticeFor(state, panel, texts)?.advice;
    });
    expect(new Set(notices.map((advice) => advice?.title)).size).toBe(6);
    for (const advice of notices) expect(advice?.todo).toMatch(/escrib|type/);
  });

  it("say why each conversation ended", () => {
    const titles = ENDINGS.map((reason) => {
      const state: State = { ...initialState(language), problem: { kind: "ended", reason } };
      return noticeFor(state, panel, texts)?.advice.title;
    });
    expect(new Set(titles).size).toBe(ENDINGS.length);
  });

  it("have no empty string, and nothing left to fill in but what is filled in where it is shown", () => {
    for (const [path, text] of leaves(texts)) {
      expect(text.trim(), path).not.toBe("");
      for (const [, name] of text.matchAll(/\{(\w+)\}/g)) expect(FILLED_LATER, path).toContain(name);
    }
  });

  it("say when a full server is worth another try, and how else to ask", () => {
    const state: State = { ...initialState(language), problem: { kind: "full", retryAfterSeconds: 7 } };
    const reachable = initialPanel({ ...NO_FACTS, contact: { ...NO_FACTS.contact, phone: "+34 960 000 100" } }, null);
    expect(noticeFor(state, reachable, texts)).toMatchObject({
      action: "retry",
      person: true,
      advice: { todo: expect.stringContaining("7") as string },
    });
  });

  it("name who answers and for whom", () => {
    const other = textsFor(language, "Eva", "Casa Azul");
    expect(other.title).toBe("Eva · Casa Azul");
    expect(leaves(other).filter(([, text]) => /Sandra|Turia/.test(text))).toEqual([]);
  });

  it("stay one object as long as the names are the same", () => {
    expect(textsIn(language)).toBe(texts);
  });
});

it("has the same keys and the same blanks in both languages", () => {
  const shape = (language: "es" | "en") =>
    leaves(textsIn(language)).map(([path, text]) => [path, (text.match(/\{\w+\}/g) ?? []).sort()]);
  expect(shape("en")).toEqual(shape("es"));
});

it("says nothing in both languages alike but names", () => {
  const english = new Map(leaves(textsIn("en")));
  const same = leaves(textsIn("es")).filter(([path, text]) => english.get(path) === text);
  expect(same.map(([path]) => path)).toEqual([".title", ".titleAlone", ".contact.whatsapp"]);
});

it("shows the message of a code that it does not know", () => {
  const state: State = { ...initialState("en"), problem: { kind: "server", code: "new_code", message: "Do this." } };
  expect(noticeFor(state, panel, textsIn("en"))?.advice.todo).toBe("Do this.");
});

it("leaves a blank that nobody fills as it is", () => {
  expect(fill("{a} {b}", { a: 1 })).toBe("1 {b}");
});

describe("templates", () => {
  const sources = import.meta.glob<string>("../../src/panel/templates/*.ts", {
    query: "?raw",
    import: "default",
    eager: true,
  });

  it("are there", () => {
    expect(Object.keys(sources).length).toBeGreaterThan(10);
  });

  it.each(Object.entries(sources))("%s holds no text of its own", (_, source) => {
    expect(wordsIn(source)).toEqual([]);
  });

  it("would be caught with one", () => {
    expect(wordsIn("html`<p>Hola ${name}</p>`")).toEqual(["Hola"]);
    expect(wordsIn('html`<a title="Abrir" href=${x}></a>`')).toEqual(['title="Abrir"']);
    expect(wordsIn("html`<p class=lead>${html`<b>Sí</b>`}</p>`")).toEqual(["Sí"]);
    expect(wordsIn("html`<p>${a > b ? c : nothing} · ${d}</p>`")).toEqual([]);
  });
});

/** What a template says to people outside its expressions: words between tags, and in attributes that are read out. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  for (const text of literalsOf(source)) {
    found.push(...(text.match(/\b(?:aria-label|title|placeholder|alt)="[^"]*\p{L}[^"]*"/gu) ?? []));
    // What an expression left behind stands for no letter; a tag that spans expressions is one tag.
    const between = text.replace(/<[^>]*>/g, "\n");
    found.push(...(between.match(/\p{L}[\p{L} ,.]*/gu) ?? []).map((word) => word.trim()));
  }
  return found;
}

/** The literal parts of every html template of a source, expressions cut out. */
function literalsOf(source: string): string[] {
  const literals: string[] = [];
  /** Reads a template from behind its opening mark; returns where it ends. */
  const template = (from: number): number => {
    let text = "";
    let at = from;
    while (at < source.length && source[at] !== "`") {
      if (source.startsWith("${", at)) at = expression(at + 2);
      else text += source[at++] ?? "";
    }
    literals.push(text);
    return at + 1;
  };
  /** Reads an expression from behind its `${`; returns where it ends. */
  const expression = (from: number): number => {
    let depth = 1;
    let at = from;
    while (at < source.length && depth > 0) {
      if (source.startsWith("html`", at)) at = template(at + 5);
      else if (source[at] === "`") at = source.indexOf("`", at + 1) + 1;
      else {
        if (source[at] === "{") depth += 1;
        if (source[at] === "}") depth -= 1;
        at += 1;
      }
    }
    return at;
  };
  for (let at = source.indexOf("html`"); at >= 0; at = source.indexOf("html`", at)) at = template(at + 5);
  return literals;
}
