/** The languages that the page speaks. */
export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The page's language for a tag such as `en-GB`; null when the page does not speak it. */
export function languageOf(tag: string | null | undefined): Language | null {
  const code = tag?.slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === code) ?? null;
}

/**
 * Which language to begin in: the address, then the guest's last choice, then the browser's, then Spanish.
 *
 * @param asked `?lang=` of the address.
 * @param chosen what was kept from an earlier visit.
 * @param preferred the browser's languages, best first.
 */
export function chooseLanguage(asked: string | null, chosen: string | null, preferred: readonly string[]): Language {
  for (const tag of [asked, chosen, ...preferred]) {
    const language = languageOf(tag);
    if (language !== null) return language;
  }
  return "es";
}
