/** Figures as people read them, in the language of the page and the time zone of the browser. */
import type { Language } from "../client/language.ts";

const LOCALES: Record<Language, string> = { es: "es-ES", en: "en-GB" };
const NONE = "–";

/** Below this, milliseconds are told as such. */
const SECONDS_FROM_MS = 2000;

export class Format {
  readonly #locale: string;

  constructor(language: Language) {
    this.#locale = LOCALES[language];
  }

  /** A wait: `412 ms`, or `2.4 s`. */
  ms(value: number | null): string {
    if (value === null) return NONE;
    if (Math.abs(value) < SECONDS_FROM_MS) return `${this.number(Math.round(value))} ms`;
    return `${this.number(value / 1000, 1)} s`;
  }

  /** Dollars: cents, and as many more digits as a call's small sums need. */
  money(value: number | null): string {
    if (value === null) return NONE;
    const digits = value !== 0 && Math.abs(value) < 0.1 ? 4 : 2;
    const options = { minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
    return this.#number(value, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", ...options });
  }

  /** A length of talk: `42 s`, `3 min 05 s`, `1 h 20 min`. */
  duration(seconds: number): string {
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    const minutes = Math.floor(whole / 60);
    if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
    return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  }

  /** A position in a recording: `0:07`. */
  position(ms: number): string {
    const seconds = Math.max(0, Math.round(ms / 1000));
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  percent(share: number | null): string {
    return share === null ? NONE : this.#number(share, { style: "percent", maximumFractionDigits: 0 });
  }

  number(value: number, digits = 0): string {
    return this.#number(value, { maximumFractionDigits: digits });
  }

  /** Day and time: `21 nov, 18:04`. */
  when(iso: string): string {
    return this.#date(iso, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  }

  /** The time alone where it is today's: `18:04`. */
  recent(iso: string, now: Date): string {
    const today = new Date(iso).toDateString() === now.toDateString();
    return today ? this.#date(iso, { hour: "2-digit", minute: "2-digit" }) : this.when(iso);
  }

  /** A day that the server counts by, which is UTC's: `21 nov`. */
  day(day: string): string {
    return this.#date(`${day}T00:00:00Z`, { day: "numeric", month: "short", timeZone: "UTC" });
  }

  /** Name of a language of guests: `español`. */
  language(code: string): string {
    try {
      return new Intl.DisplayNames(this.#locale, { type: "language" }).of(code) ?? code;
    } catch {
      return code; // not a language's code
    }
  }

  #number(value: number, options: Intl.NumberFormatOptions): string {
    return new Intl.NumberFormat(this.#locale, options).format(value);
  }

  #date(iso: string, options: Intl.DateTimeFormatOptions): string {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? NONE : new Intl.DateTimeFormat(this.#locale, options).format(date);
  }
}
