import type { Language } from "../../client/language.ts";
import { EN } from "./en.ts";
import { ES } from "./es.ts";

type Said<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Key in keyof T]: Said<T[Key]> };

export type Texts = Said<typeof ES>;

export const TEXTS: Record<Language, Texts> = { es: ES, en: EN };

/** An entry by a name that came from the server; undefined for one that this page does not know. */
export function named<T>(texts: Readonly<Record<string, T>>, name: string | null): T | undefined {
  return name !== null && Object.hasOwn(texts, name) ? texts[name] : undefined;
}
