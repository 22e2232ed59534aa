/** The owner's console: joins the address, the language and the views. */
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { chooseLanguage, type Language, LANGUAGES } from "../client/language.ts";
import { Api } from "./api.ts";
import { Chart } from "./chart.ts";
import { Format } from "./format.ts";
import { ICONS, SIGNS, star } from "./icons.ts";
import { keptLanguage, keepLanguage } from "./languageChoice.ts";
import { icon } from "./parts.ts";
import { hashOf, parseRoute, type Route, viewsOf } from "./routes.ts";
import { Resource } from "./resource.ts";
import type { Viewer } from "./shapes.ts";
import { TEXTS } from "./texts/index.ts";
import type { Context } from "./view.ts";
import { CallView } from "./views/call.ts";
import { CallsView } from "./views/calls.ts";
import { CostsView } from "./views/costs.ts";
import { EnginesView } from "./views/engines.ts";
import { GapsView } from "./views/gaps.ts";
import { LatencyView } from "./views/latency.ts";
import { LibraryView } from "./views/library.ts";
import { OverviewView } from "./views/overview.ts";
import { TalkView } from "./views/talk.ts";
import { TryView } from "./views/try.ts";

/** Where the server asks for the owner's key. */
const LOGIN = "/console/login";
const LOGOUT = "/console/logout";

class Console extends LitElement {
  static override properties: PropertyDeclarations = {
    language: { state: true },
    route: { state: true },
    menu: { state: true },
  };
  declare language: Language;
  declare route: Route;
  /** Whether the menu of a narrow screen is open. */
  declare menu: boolean;
  readonly #api = new Api(() => {
    location.assign(LOGIN);
  });

  readonly #viewer = new Resource(this, (signal) => this.#api.get<Viewer>("viewer", {}, signal), null);

  constructor() {
    super();
    const asked = new URL(location.href).searchParams.get("lang");
    this.language = chooseLanguage(asked, keptLanguage(), navigator.languages);
    this.route = parseRoute(location.hash);
    this.menu = false;
    addEventListener("hashchange", () => {
      this.#follow(parseRoute(location.hash));
    });
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(): void {
    document.documentElement.lang = this.language;
    document.title = `${TEXTS[this.language].views[this.route.view]} · ${TEXTS[this.language].title}`;
  }

  override render(): TemplateResult {
    const texts = TEXTS[this.language];
    const { view, session } = this.route;
    const tenant = this.#viewer.state.data?.tenant ?? null;
    return html`<a class="skip" href="#content" @click=${this.#skip}>${texts.skip}</a>
      <header class="side">
        <div class="brand">
          ${star}
          <p>Sandra <span>${tenant ?? texts.console}</span></p>
          <button
            class="quiet menu"
            type="button"
            aria-expanded=${this.menu}
            aria-controls="views"
            @click=${this.#toggle}
          >
            ${icon(SIGNS.menu)} ${texts.menu}
          </button>
        </div>
        <div class="drawer" id="views" data-open=${this.menu}>
          <nav aria-label=${texts.console}>
            ${viewsOf(tenant).map(
              (each) =>
                html`<a href=${hashOf(each)} aria-current=${each === view ? "page" : nothing}>
                  ${icon(ICONS[each])}<span>${texts.views[each]}</span>
                </a>`,
            )}
          </nav>
          <div class="foot">${this.#languages()} ${this.#leave()}</div>
        </div>
      </header>
      <main id="content" tabindex="-1">
        ${
          session === null
            ? html`<div class="title">
                <h1 tabindex="-1">${texts.views[view]}</h1>
                <p>${texts.leads[view]}</p>
              </div>`
            : nothing
        }
        ${this.#view()}
      </main>`;
  }

  #view(): TemplateResult {
    const texts = TEXTS[this.language];
    const format = new Format(this.language);
    const context: Context = { language: this.language, texts, format, api: this.#api, route: this.route };
    switch (this.route.view) {
      case "overview":
        return html`<console-overview .context=${context}></console-overview>`;
      case "calls":
        if (this.route.session !== null) return html`<console-call .context=${context}></console-call>`;
        return html`<console-calls .context=${context}></console-calls>`;
      case "latency":
        return html`<console-latency .context=${context}></console-latency>`;
      case "costs":
        return html`<console-costs .context=${context}></console-costs>`;
      case "engines":
        return html`<console-engines .context=${context}></console-engines>`;
      case "library":
        return html`<console-library .context=${context}></console-library>`;
      case "gaps":
        return html`<console-gaps .context=${context}></console-gaps>`;
      case "try":
        return html`<console-try .context=${context}></console-try>`;
    }
  }

  #languages(): TemplateResult {
    return html`<fieldset class="segments languages">
      <legend class="hidden">${TEXTS[this.language].languageLabel}</legend>
      ${LANGUAGES.map(
        (code) =>
          html`<label lang=${code}>
            <input
              type="radio"
              name="language"
              .checked=${code === this.language}
              @change=${() => {
                keepLanguage(code);
                this.language = code;
              }}
            /><span>${code.toUpperCase()}</span>
          </label>`,
      )}
    </fieldset>`;
  }

  #leave(): TemplateResult {
    const leave = (): void => {
      void fetch(LOGOUT, { method: "POST", credentials: "same-origin" }).finally(() => {
        location.assign(LOGIN);
      });
    };
    return html`<button class="quiet" type="button" @click=${leave}>
      ${icon(SIGNS.leave)} ${TEXTS[this.language].logOut}
    </button>`;
  }

  readonly #toggle = (): void => {
    this.menu = !this.menu;
  };

  /** The address holds the view, so the link to the content moves the focus itself. */
  readonly #skip = (event: Event): void => {
    event.preventDefault();
    this.querySelector("main")?.focus();
  };

  #follow(route: Route): void {
    const elsewhere = route.view !== this.route.view || route.session !== this.route.session;
    this.route = route;
    this.menu = false;
    if (!elsewhere) return;
    scrollTo(0, 0);
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>(route.session === null ? "h1" : "main")?.focus({ preventScroll: true });
    });
  }
}

customElements.define("console-chart", Chart);
customElements.define("console-overview", OverviewView);
customElements.define("console-calls", CallsView);
customElements.define("console-call", CallView);
customElements.define("console-latency", LatencyView);
customElements.define("console-costs", CostsView);
customElements.define("console-engines", EnginesView);
customElements.define("console-library", LibraryView);
customElements.define("console-gaps", GapsView);
customElements.define("console-try", TryView);
customElements.define("console-talk", TalkView);
customElements.define("owner-console", Console);
