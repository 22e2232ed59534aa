import { type Language, LANGUAGES } from "../client/language.ts";

/** How a guest reaches a person; "" for what there is not. */
export interface Contact {
  phone: string;
  whatsapp: string;
  email: string;
  address: string;
}

/** What is public about the business, as `GET /api/business` tells it. */
export interface Facts {
  business: string;
  invented: boolean;
  persona: string;
  contact: Contact;
  hours: { from: string; to: string } | null;
  examples: Partial<Record<Language, readonly string[]>>;
  disclosure: Partial<Record<Language, string>>;
  privacy: { version: string; url: string; text: Partial<Record<Language, string>> };
}

/** Until the server has told; the version names the panel's own words. */
export const NO_FACTS: Facts = {
  business: "",
  invented: false,
  persona: "Sandra",
  contact: { phone: "", whatsapp: "", email: "", address: "" },
  hours: null,
  examples: {},
  disclosure: {},
  privacy: { version: "panel-1", url: "", text: {} },
};

/** Reads what the server, or an earlier visit, told; what is missing or of another kind counts as not told. */
export function readFacts(told: unknown): Facts {
  const all = group(told);
  const contact = group(all["contact"]);
  const hours = group(all["hours"]);
  const privacy = group(all["privacy"]);
  return {
    business: text(all["name"]),
    invented: all["invented"] === true,
    persona: text(group(all["persona"])["name"]) || NO_FACTS.persona,
    contact: {
      phone: text(contact["phone"]),
      whatsapp: text(contact["whatsapp"]),
      email: text(contact["email"]),
      address: text(contact["address"]),
    },
    hours: text(hours["from"]) === "" ? null : { from: text(hours["from"]), to: text(hours["to"]) },
    examples: perLanguage(all["examples"], (value) =>
      Array.isArray(value) ? value.map(text).filter((example) => example !== "") : [],
    ),
    disclosure: perLanguage(all["disclosure"], text),
    privacy: {
      version: text(privacy["version"]) || NO_FACTS.privacy.version,
      url: text(privacy["url"]).startsWith("https://") ? text(privacy["url"]) : "",
      text: perLanguage(privacy["text"], text),
    },
  };
}

function group(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function perLanguage<Part>(value: unknown, read: (part: unknown) => Part): Partial<Record<Language, Part>> {
  const parts = group(value);
  const told = LANGUAGES.filter((language) => parts[language] !== undefined);
  return Object.fromEntries(told.map((language) => [language, read(parts[language])]));
}
