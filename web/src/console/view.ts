import { LitElement, type PropertyDeclarations } from "lit";
import type { Language } from "../client/language.ts";
import type { Api } from "./api.ts";
import type { Format } from "./format.ts";
import type { Route } from "./routes.ts";
import type { Texts } from "./texts/index.ts";

/** What every view needs. */
export interface Context {
  language: Language;
  texts: Texts;
  format: Format;
  api: Api;
  route: Route;
}

/** A view: rendered into the page itself, so that one style sheet, labels and anchors reach everywhere. */
export abstract class View extends LitElement {
  static override properties: PropertyDeclarations = { context: { attribute: false } };
  declare context: Context;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
