import { describe, expect, it } from "vitest";
import type { Answer, Turn } from "../../src/client/state.ts";
import { asJson, asText, linesBefore, linesOf } from "../../src/panel/transcript.ts";
import { textsFor } from "../../src/panel/texts/texts.ts";

const AT = Date.UTC(2026, 10, 21, 10, 30);
const HEADING = { persona: "Sandra", business: "Casas del Turia", at: new Date(AT).toISOString(), whole: true };

function turn(number: number, guest: string, answer: Partial<Answer> | null): Turn {
  const whole: Answer = { text: "", captions: [], heardMs: 0, voice: "over", status: "complete" };
  return {
    key: `1-${number}`,
    session: 1,
    turn: number,
    language: "es",
    guest: guest === "" ? null : { text: guest, final: true },
    answer: answer === null ? null : { ...whole, ...answer },
  };
}

const TURNS = [
  turn(1, "¿Hay piscina?", { text: "Sí, en la villa." }),
  turn(2, "¿Y wifi?", { text: "Sí, en", status: "interrupted" }),
  turn(3, "espera", null),
];
const MOMENTS = new Map([["1-1", AT]]);

describe("a transcript", () => {
  it("holds who said what and when, and of a cut answer what was heard", () => {
    expect(linesOf(TURNS, MOMENTS)).toEqual([
      { role: "guest", text: "¿Hay piscina?", at: HEADING.at, language: "es", interrupted: false },
      { role: "assistant", text: "Sí, en la villa.", at: HEADING.at, language: "es", interrupted: false },
      { role: "guest", text: "¿Y wifi?", at: null, language: "es", interrupted: false },
      { role: "assistant", text: "Sí, en", at: null, language: "es", interrupted: true },
      { role: "guest", text: "espera", at: null, language: "es", interrupted: false },
    ]);
  });

  it("ends where the ear is while she still speaks", () => {
    const captions = [
      { text: "Uno", startMs: 0, endMs: 400 },
      { text: "dos", startMs: 400, endMs: 800 },
    ];
    const speaking = turn(1, "", { text: "Uno dos tres", captions, heardMs: 500, voice: "playing", status: "coming" });
    expect(linesOf([speaking], MOMENTS).map((line) => line.text)).toEqual(["Uno dos"]);
  });

  it("begins with what the page has let go and the server keeps", () => {
    const said = { language: "es", at: AT, interrupted: false };
    const items = [
      { ...said, role: "assistant" as const, text: "Bienvenida.", turn: null },
      { ...said, role: "user" as const, text: "Hola.", turn: 1 },
      { ...said, role: "user" as const, text: "¿Hay piscina?", turn: 2 },
    ];
    const before = linesBefore(turn(2, "¿Hay piscina?", null), items);
    expect(before.map(({ role, text }) => [role, text])).toEqual([
      ["assistant", "Bienvenida."],
      ["guest", "Hola."],
    ]);
    expect(linesBefore(turn(9, "x", null), items)).toEqual([]);
  });

  it("says that its beginning is missing", () => {
    const texts = textsFor("es", "Sandra", "Casas del Turia");
    expect(asText([], { ...HEADING, whole: false }, texts, "es")).toContain("Falta el principio");
  });

  it("leaves out words that are not final", () => {
    const interim = { ...turn(1, "x", null), guest: { text: "cuánto", final: false } };
    expect(linesOf([interim], MOMENTS)).toEqual([]);
  });

  it("reads as a conversation", () => {
    const text = asText(linesOf(TURNS, MOMENTS), HEADING, textsFor("es", "Sandra", "Casas del Turia"), "es");
    expect(text).toContain("Conversación con Sandra · Casas del Turia");
    expect(text).toMatch(/\[\d?\d:30\] Tú: ¿Hay piscina\?\n\[\d?\d:30\] Sandra: Sí, en la villa\./);
    expect(text).toContain("Sandra: Sí, en — (interrumpida)");
  });

  it("reads as data", () => {
    const data = JSON.parse(asJson(linesOf(TURNS, MOMENTS), HEADING)) as { lines: unknown[]; persona: string };
    expect(data.persona).toBe("Sandra");
    expect(data.lines).toHaveLength(5);
  });
});
