/** The owner's choice of language, beside the guest's: one person may be both. */
import type { Language } from "../client/language.ts";

const KEY = "sandra.console.language";
/** For the page that asks for the key: it has no script to look elsewhere. */
const COOKIE = "sandra_console_language";
const COOKIE_S = 365 * 24 * 3600;

export function keptLanguage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is forbidden
  }
}

export function keepLanguage(language: Language): void {
  document.cookie = `${COOKIE}=${language}; Path=/console; Max-Age=${COOKIE_S}; SameSite=Strict`;
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage is forbidden: the choice lasts as long as the page.
  }
}
