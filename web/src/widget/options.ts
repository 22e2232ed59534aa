/** What the element's attributes say. */
import { chooseLanguage, type Language } from "../client/language.ts";
import type { Consent } from "./messages.ts";

/** Ways to reach a person, in the order in which they are offered; each is an attribute. */
export const CONTACTS = ["phone", "whatsapp", "email"] as const;
export type Contact = (typeof CONTACTS)[number];

/** Where this script came from; empty for one that was not loaded by a plain script tag. */
const SCRIPT = (document.currentScript as HTMLScriptElement | null)?.src ?? "";

/** The folder of the server's pages: the attribute, else where this script came from, else the page's own. */
export function serverOf(element: HTMLElement): URL {
  return new URL("./", new URL(element.getAttribute("server") ?? SCRIPT, document.baseURI));
}

/** The attribute, else the page's own language, else the guest's. */
export function languageFor(element: HTMLElement): Language {
  return chooseLanguage(element.getAttribute("lang"), document.documentElement.lang, navigator.languages);
}

export function contactOf(element: HTMLElement): Partial<Record<Contact, string>> {
  const found: Partial<Record<Contact, string>> = {};
  for (const name of CONTACTS) {
    const value = element.getAttribute(name)?.trim() ?? "";
    if (value !== "") found[name] = value;
  }
  return found;
}

/** Where a way leads. */
export function addressOf(contact: Contact, value: string): string {
  const digits = value.replace(/[^+\d]/g, "");
  if (contact === "phone") return `tel:${digits}`;
  if (contact === "whatsapp") return `https://wa.me/${digits.replace("+", "")}`;
  return `mailto:${value}`;
}

/** `consent="2026-01"`: the version that the guest has agreed to on the host's page. */
export function consentOf(element: HTMLElement): Consent | null {
  const version = element.getAttribute("consent");
  return version === null || version === "" ? null : { version, given: true };
}
