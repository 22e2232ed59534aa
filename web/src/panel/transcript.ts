import { readingAt } from "../client/captions.ts";
import type { Answer, Turn } from "../client/state.ts";
import type { HistoryItem } from "../client/wire/messages.ts";
import type { Texts } from "./texts/texts.ts";

/** One line of a conversation, as it was said and heard. */
export interface Line {
  role: "guest" | "assistant";
  text: string;
  /** When it began, ISO 8601; null when the page does not know. */
  at: string | null;
  language: string;
  interrupted: boolean;
}

/** What is written above a transcript. */
export interface Heading {
  persona: string;
  business: string;
  /** When it was taken, ISO 8601. */
  at: string;
  /** Whether it has the conversation's beginning. */
  whole: boolean;
}

/** When each turn was first seen, ms since 1970, by its key. */
export type Moments = ReadonlyMap<string, number>;

/** The lines of a conversation; of an answer that was cut, what was heard of it. */
export function linesOf(turns: readonly Turn[], moments: Moments): readonly Line[] {
  return turns.flatMap((turn) => {
    const at = moments.get(turn.key);
    const common = { at: at === undefined ? null : new Date(at).toISOString(), language: turn.language };
    const lines: Line[] = [];
    if (turn.guest?.final === true && turn.guest.text !== "") {
      lines.push({ role: "guest", text: turn.guest.text, interrupted: false, ...common });
    }
    const heard = turn.answer === null ? "" : heardOf(turn.answer);
    if (heard !== "") {
      lines.push({ role: "assistant", text: heard, interrupted: turn.answer?.status === "interrupted", ...common });
    }
    return lines;
  });
}

/** What the server keeps of a conversation from before its first turn that the page still has. */
export function linesBefore(first: Turn, items: readonly HistoryItem[]): readonly Line[] {
  const end = items.findIndex(({ turn }) => turn === first.turn);
  return items.slice(0, Math.max(end, 0)).map(({ role, text, at, language, interrupted }) => ({
    role: role === "user" ? "guest" : "assistant",
    text,
    at: new Date(at).toISOString(),
    language,
    interrupted,
  }));
}

/** What of an answer has been heard, or can be read where no voice says it. */
function heardOf(answer: Answer): string {
  const sounding = answer.status !== "interrupted" && (answer.voice === "coming" || answer.voice === "playing");
  return sounding ? answer.text.slice(0, readingAt(answer.text, answer.captions, answer.heardMs).now) : answer.text;
}

/** A conversation for people. */
export function asText(lines: readonly Line[], heading: Heading, texts: Texts, locale: string): string {
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  const named = heading.business === "" ? "" : ` · ${heading.business}`;
  const rows = lines.map((line) => {
    const who = line.role === "guest" ? texts.guest : heading.persona;
    const time = line.at === null ? "" : `[${clock.format(new Date(line.at))}] `;
    return `${time}${who}: ${line.text}${line.interrupted ? ` — (${texts.transcript.interrupted})` : ""}`;
  });
  const missing = heading.whole ? [] : [texts.transcript.beginning];
  const above = [`${texts.transcript.heading}${named}`, day.format(new Date(heading.at)), ...missing];
  return [...above, "", ...rows, ""].join("\n");
}

/** A conversation for programs. */
export function asJson(lines: readonly Line[], heading: Heading): string {
  return `${JSON.stringify({ ...heading, lines }, null, 2)}\n`;
}
