import type { Language } from "../client/language.ts";
import { addressOf, type Contact, CONTACTS } from "./options.ts";
import STYLES from "./widget.css";
import { TEXTS } from "./texts.ts";

/** What the shell shows. */
export interface View {
  language: Language;
  name: string;
  label: string | null;
  open: boolean;
  /** Of the panel in the frame. */
  panel: "none" | "loading" | "ready" | "failed";
  contact: Readonly<Partial<Record<Contact, string>>>;
}

const SVG = "http://www.w3.org/2000/svg";

let styles: CSSStyleSheet | null = null;

/** One sheet for all elements of a page; a sheet that is adopted needs no leave of the page's `style-src`. */
function sheet(): CSSStyleSheet {
  if (styles === null) {
    styles = new CSSStyleSheet();
    styles.replaceSync(STYLES);
  }
  return styles;
}

function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  part: string,
  ...children: Node[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (part !== "") element.setAttribute("part", part);
  element.append(...children);
  return element;
}

/** Valencian tile: a star of eight points around a hole. */
const STAR =
  "M44 0 31 13 31 31 13 31 0 44 -13 31 -31 31 -31 13 -44 0 -31 -13 -31 -31 -13 -31 0 -44 13 -31 31 -31 31 -13ZM17 0a17 17 0 1 0-34 0 17 17 0 1 0 34 0Z";
const CROSS = "M-26-20-20-26 0-6 20-26 26-20 6 0 26 20 20 26 0 6-20 26-26 20-6 0Z";

function icon(shape: string): SVGElement {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", shape);
  path.setAttribute("fill-rule", "evenodd");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-50 -50 100 100");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** The launcher and the box of the panel, in the element's shadow. Built without markup: a host may forbid it. */
export class Shell {
  readonly #label = make("span", "label");
  readonly launcher = make("button", "launcher", icon(STAR), this.#label);
  readonly close = make("button", "close", icon(CROSS));
  readonly #message = make("p", "message");
  readonly retry = make("button", "retry");
  readonly #ways = make("ul", "contact");
  readonly #status = make("div", "status", this.#message, this.retry, this.#ways);
  readonly dialog = make("dialog", "panel", this.close, this.#status);
  #frame: HTMLIFrameElement | null = null;

  constructor(root: ShadowRoot) {
    root.adoptedStyleSheets = [sheet()];
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.#message.setAttribute("role", "status");
    root.append(this.launcher, this.dialog);
  }

  get frame(): HTMLIFrameElement | null {
    return this.#frame;
  }

  /** The keyboard waits at the close button. */
  get waits(): boolean {
    return this.close.matches(":focus");
  }

  /** A frame for the panel's page, in place of one that was there. */
  load(address: string): HTMLIFrameElement {
    this.unload();
    const frame = make("iframe", "frame");
    frame.allow = "microphone; autoplay; clipboard-write; screen-wake-lock";
    frame.src = address;
    this.#frame = frame;
    this.dialog.append(frame);
    return frame;
  }

  /** Takes the frame out; what it held ends. */
  unload(): void {
    this.#frame?.remove();
    this.#frame = null;
  }

  render({ language, name, label, open, panel, contact }: View): void {
    const texts = TEXTS[language];
    this.launcher.lang = this.dialog.lang = language;
    this.#label.textContent = label ?? texts.launch;
    this.launcher.setAttribute("aria-expanded", String(open));
    this.dialog.setAttribute("aria-label", texts.dialog(name));
    this.dialog.dataset["panel"] = panel;
    this.close.setAttribute("aria-label", texts.close);
    if (this.#frame !== null) this.#frame.title = texts.dialog(name);
    this.retry.textContent = texts.retry;
    this.retry.hidden = this.#ways.hidden = panel !== "failed";
    this.#message.textContent =
      panel === "failed" ? texts.failed(name) : panel === "loading" && open ? texts.opening : "";
    this.#ways.replaceChildren(
      ...CONTACTS.flatMap((way) => {
        const value = contact[way];
        if (value === undefined) return [];
        const link = make("a", "", document.createTextNode(`${texts[way]}: ${value}`));
        link.href = addressOf(way, value);
        return [make("li", "", link)];
      }),
    );
  }
}
