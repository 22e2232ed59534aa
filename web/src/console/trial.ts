/** What an owner changes to try it out, and what the server says to it. Pure but for its types. */
import type { Gap } from "./shapes.ts";

/** What there is to change, as `GET /api/console/trials` tells it. */
export interface Present {
  persona: { name: string; greeting: Readonly<Record<string, string>> };
  /** The one in use first. */
  voices: readonly string[];
  languages: readonly string[];
  /** The text of the knowledge file. */
  knowledge: string;
}

/** What is in the form. */
export interface Draft {
  name: string;
  greeting: Readonly<Record<string, string>>;
  voice: string;
  knowledge: string;
}

export interface Wish {
  persona?: { name?: string; greeting?: Readonly<Record<string, string>> };
  voice?: string;
  knowledge?: string;
}

export interface Opened {
  trial: string;
  expires_at: string;
}

export interface Fault {
  where: string;
  /** Of the knowledge, from 1; 0 where it concerns the whole. */
  line: number;
  /** The kind of fault: a name in `texts.tryOut.faults`. */
  code: string;
  /** What is wrong and what to do, in English, for developers. */
  problem: string;
  todo: string;
  /** What stands in the blanks of the kind's sentence; `meant` is empty where that is not known. */
  values: Readonly<Record<string, string>>;
}

export function draftOf({ persona, voices, knowledge }: Present): Draft {
  return { name: persona.name, greeting: persona.greeting, voice: voices[0] ?? "", knowledge };
}

/** What differs from what there is; the rest is left to the server. */
export function wishOf(draft: Draft, present: Present): Wish {
  const before = draftOf(present);
  const greeting = Object.fromEntries(
    Object.entries(draft.greeting).filter(([code, text]) => text !== before.greeting[code]),
  );
  const persona = {
    ...(draft.name === before.name ? {} : { name: draft.name }),
    ...(Object.keys(greeting).length === 0 ? {} : { greeting }),
  };
  return {
    ...(Object.keys(persona).length === 0 ? {} : { persona }),
    ...(draft.voice === before.voice ? {} : { voice: draft.voice }),
    ...(draft.knowledge === before.knowledge ? {} : { knowledge: draft.knowledge }),
  };
}

/** What the server found wrong; empty for any other answer. */
export function faultsOf(body: unknown): Fault[] {
  if (typeof body !== "object" || body === null || !("errors" in body) || !Array.isArray(body.errors)) return [];
  return body.errors as Fault[];
}

/** A sentence with a fault's values in its blanks. */
export function filled(text: string, values: Fault["values"]): string {
  return text.replaceAll(/\{(\w+)\}/g, (blank, name: string) => values[name] ?? blank);
}

/** The stable code of a refusal; empty where there is none. */
export function codeOf(body: unknown): string {
  return typeof body === "object" && body !== null && "code" in body && typeof body.code === "string" ? body.code : "";
}

/** Where a line of a text begins and ends, so that it can be shown. */
export function lineAt(text: string, line: number): { start: number; end: number } {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return { start, end: start + (lines[line - 1]?.length ?? 0) };
}

/** The knowledge with an entry as the first of its facts; at its end where it has none. */
export function withEntry(knowledge: string, entry: string): string {
  const facts = /^facts:[^\S\n]*(#.*)?\n/m.exec(knowledge);
  if (facts === null) return `${knowledge.trimEnd()}\n\nfacts:\n${entry}`;
  const after = facts.index + facts[0].length;
  return `${knowledge.slice(0, after)}${entry}\n${knowledge.slice(after)}`;
}

/** A question of an address, as a gap that was asked once. */
export function askedGap(question: string, language: string): Gap {
  return { question, language, times: 1, last_at: "", session: "", turn: 0, answer: "" };
}
