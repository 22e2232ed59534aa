import type { Language } from "../../client/language.ts";
import type { MicrophoneFailure } from "../../client/microphone.ts";
import type { Phase } from "../../client/state.ts";
import { EN } from "./en.ts";
import { ES } from "./es.ts";

/** What happened, and what the guest can do. */
export interface Advice {
  title: string;
  todo: string;
  /** What leads to the ways to a person; shown only where there are any. */
  person?: string;
}

/** What is going on, in a word or two, and what the guest may do now. */
export interface Saying {
  state: string;
  hint: string;
}

/** Why a conversation is over, as far as the guest needs to know. */
export type Ending = "idle" | "session_over" | "budget_spent" | "replaced" | "refused" | "unreachable";

/**
 * Every sentence of the panel in one language.
 *
 * `{persona}` and `{business}` are filled in by `textsFor`, other names in braces by `fill` where the text is shown.
 */
export interface Texts {
  title: string;
  titleAlone: string;
  skip: string;
  atBusiness: string;
  demo: string;
  languageLabel: string;
  disclosure: string;
  talk: string;
  stop: string;
  mute: string;
  muteKey: string;
  level: string;
  enableSound: string;
  takeVoice: string;
  slowLink: string;
  conversation: string;
  clear: string;
  lead: string;
  tryAsking: string;
  inputLabel: string;
  inputHint: string;
  send: string;
  guest: string;
  sending: string;
  cut: string;
  retry: string;
  close: string;
  phases: Record<Phase, Saying>;
  inWriting: string;
  muted: Saying;
  elsewhere: Saying;
  mode: { label: string; auto: string; manual: string; hold: string; holding: string; hint: string; let: string };
  microphone: Record<MicrophoneFailure, Advice>;
  ended: Record<Ending, Advice>;
  full: Advice;
  newSession: Advice;
  soundBlocked: Advice;
  audioFailed: Advice;
  clearFailed: Advice;
  declined: Advice;
  spokenElsewhere: Advice;
  server: Record<string, Advice>;
  serverOther: string;
  consent: {
    title: string;
    text: string;
    microphone: string;
    more: string;
    accept: string;
    textOnly: string;
    no: string;
  };
  options: {
    title: string;
    open: string;
    close: string;
    microphone: string;
    microphoneHint: string;
    unnamed: string;
    transcript: string;
    empty: string;
    copy: string;
    copied: string;
    copyFailed: string;
    asText: string;
    asJson: string;
    privacy: string;
    review: string;
    person: string;
    keys: string;
  };
  erase: {
    ask: string;
    sure: string;
    yes: string;
    no: string;
    running: string;
    done: string;
    /** {by}: one of those below. */
    failed: string;
    /** {session}: what the house finds the conversation by. */
    over: string;
    by: { phone: string; whatsapp: string; email: string; house: string };
  };
  contact: { call: string; whatsapp: string; email: string; hours: string; address: string };
  transcript: { heading: string; interrupted: string; beginning: string };
  keys: { talk: string; hold: string; mute: string; stop: string };
}

const TEXTS: Record<Language, Texts> = { es: ES, en: EN };

/** The sentences of a language, with the names of who answers and for whom. */
export function textsFor(language: Language, persona: string, business: string): Texts {
  const cached = filled.get(`${language} ${persona} ${business}`);
  if (cached !== undefined) return cached;
  const texts = fillAll(TEXTS[language], { persona, business }) as Texts;
  filled.set(`${language} ${persona} ${business}`, texts);
  return texts;
}

/** Kept so that a language's sentences are one object as long as the names are: templates compare by identity. */
const filled = new Map<string, Texts>();

/** A text with its `{name}`s replaced; one that is not among the values stays as it is. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function fillAll(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string") return fill(value, values);
  const entries = Object.entries(value as object).map(([key, part]) => [key, fillAll(part, values)] as const);
  return Object.fromEntries(entries);
}
