/** What an owner pastes into the knowledge file so that a question is answered from then on. Pure. */
import type { Gap } from "./shapes.ts";

const WORDS_IN_ID = 5;

/** Words too common to tell one question from another. */
const COMMON = new Set(
  "a al con de del el en es hay la las lo los me mi para por que se si su sus tienen tengo un una y o the is do you have a an in of to my can i it there what how are for".split(
    " ",
  ),
);

/** A fact of `docs/how-to/knowledge.md`, complete but for its answer. */
export function knowledgeEntry(gap: Gap, languages: readonly string[], fill: (language: string) => string): string {
  const spoken = [...new Set([gap.language, ...languages])];
  const asks = spoken.map((code) => `      ${code}: [${quoted(code === gap.language ? gap.question : fill(code))}]`);
  const answers = spoken.map((code) => `      ${code}: ${quoted(fill(code))}`);
  const lines = [`  - id: ${idOf(gap.question)}`, "    type: general", "    ask:", ...asks, "    answer:", ...answers];
  return `${lines.join("\n")}\n`;
}

/** A name made of the question's own words: `admiten-mascotas`. */
export function idOf(question: string): string {
  const plain = question.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[a-z0-9]+/g) ?? [];
  const telling = words.filter((word) => !COMMON.has(word));
  return (telling.length > 0 ? telling : words).slice(0, WORDS_IN_ID).join("_") || "new_fact";
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
