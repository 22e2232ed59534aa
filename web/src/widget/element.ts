import { Drawer } from "./drawer.ts";
import { lookOf } from "./look.ts";
import type { ToFrame } from "./messages.ts";
import { consentOf, contactOf, languageFor, serverOf } from "./options.ts";
import { PanelFrame } from "./panelFrame.ts";
import { type RemoteClient, remoteClient, type RemoteLibrary, remoteLibrary, Subscriptions } from "./remote.ts";
import { Shell } from "./shell.ts";
import { tokenFrom } from "./tokens.ts";

type TokenSource = () => Promise<string | null>;

/** On these screens the panel is a sheet that covers the page (as in `widget.css`). */
const PHONE = "(max-width: 480px)";
const DARK = "(prefers-color-scheme: dark)";

/**
 * `<sandra-voice>`: a launcher, and the panel in a frame of the server's origin.
 *
 * It tells `sandra-open`, `sandra-close` and `sandra-state`, which brings the client's status. Taken off the page it
 * leaves nothing behind, and can be put back.
 */
export class SandraVoice extends HTMLElement {
  static readonly observedAttributes = [
    ...["open", "server", "lang", "position", "theme", "style", "class"],
    ...["name", "label", "phone", "whatsapp", "email"],
  ];

  /** The panel's `window.websocketStreamClient`; every call resolves with what it gives there. */
  readonly client: RemoteClient;
  readonly voiceLibraryManager: RemoteLibrary;

  readonly #shell: Shell;
  readonly #drawer: Drawer;
  readonly #subscriptions: Subscriptions;
  #panel: PanelFrame | null = null;
  #tokenSource: TokenSource | null = null;
  /** Ends what listens outside the element; null while it is on no page. */
  #onPage: AbortController | null = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    this.#shell = new Shell(root);
    this.#drawer = new Drawer(root, this.#shell.dialog, this.#shell.launcher);
    this.#subscriptions = new Subscriptions((event, on) => this.#panel?.tell({ type: "listen", event, on }));
    const call = (target: string, method: string, args: readonly unknown[]): Promise<unknown> =>
      this.#load()?.call(target, method, args) ?? Promise.reject(new Error("The widget was removed."));
    this.client = remoteClient(call, this.#subscriptions);
    this.voiceLibraryManager = remoteLibrary(call);
    this.client.on("status", (status) => {
      this.#tell("sandra-state", status);
    });
    this.#followGuest();
  }

  /** The panel is in sight; as the attribute. */
  get open(): boolean {
    return this.hasAttribute("open");
  }

  set open(open: boolean) {
    this.toggleAttribute("open", open);
  }

  /** Where session tokens come from. The attribute `token-url` names a source that needs no script. */
  get token(): TokenSource | null {
    const address = this.getAttribute("token-url");
    return this.#tokenSource ?? (address === null ? null : () => tokenFrom(address));
  }

  set token(source: TokenSource | null) {
    this.#tokenSource = source;
  }

  connectedCallback(): void {
    this.#takeEarlyToken();
    this.#onPage = new AbortController();
    const { signal } = this.#onPage;
    const refit = (): void => {
      this.#drawer.refit(this.#covers);
    };
    matchMedia(PHONE).addEventListener("change", refit, { signal });
    matchMedia(DARK).addEventListener("change", () => this.#panel?.tell(this.#look), { signal });
    if (this.open) this.#unfold(false);
    this.#render();
  }

  /** With this an element that is moved by `moveBefore` keeps its conversation. */
  connectedMoveCallback(): void {
    this.#panel?.tell(this.#look);
  }

  disconnectedCallback(): void {
    this.#onPage?.abort();
    this.#onPage = null;
    this.#unload();
    this.#shell.dialog.close();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (this.#onPage === null || before === after) return;
    if (name === "open" && (before === null) !== (after === null)) {
      if (this.open) this.#unfold(true);
      else this.#fold();
    } else if (name === "server" && this.#panel !== null) {
      this.#unload();
      if (this.open) this.#load();
    } else if (name === "lang") {
      // What fails there the panel shows.
      void this.#panel?.call("client", "setLanguage", [languageFor(this)]).catch(() => undefined);
    }
    this.#panel?.tell(this.#look);
    this.#render();
  }

  get #covers(): boolean {
    return matchMedia(PHONE).matches && this.getAttribute("position") !== "inline";
  }

  #followGuest(): void {
    const { launcher, close, retry, dialog } = this.#shell;
    const load = (): void => void this.#load();
    const hide = (event: Event): void => {
      event.preventDefault();
      this.open = false;
    };
    launcher.addEventListener("click", () => (this.open = !this.open));
    // The first sign that it will be wanted: the panel loads while the guest still presses.
    for (const sign of ["pointerenter", "focus"]) launcher.addEventListener(sign, load);
    retry.addEventListener("click", load);
    close.addEventListener("click", hide);
    dialog.addEventListener("cancel", hide);
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.open) hide(event);
    });
  }

  #unfold(focus: boolean): void {
    this.#load();
    this.#drawer.open(this.#covers);
    if (focus) this.#focus();
    this.#panel?.tell({ type: "shown", shown: true, focus });
    this.#tell("sandra-open");
  }

  #fold(): void {
    this.#drawer.close();
    this.#panel?.tell({ type: "shown", shown: false, focus: false });
    this.#tell("sandra-close");
  }

  /** The keyboard goes into the frame, or waits at the close button until it is there. */
  #focus(): void {
    if (this.#panel?.state === "ready") this.#shell.frame?.focus();
    else this.#shell.close.focus({ preventScroll: true });
  }

  /** The panel, loaded if it is not; null while the element is on no page. */
  #load(): PanelFrame | null {
    if (this.#onPage === null) return null;
    if (this.#panel?.state === "failed") this.#unload();
    return (this.#panel ??= this.#create());
  }

  #create(): PanelFrame {
    const server = serverOf(this);
    const address = new URL("embed", server);
    address.searchParams.set("lang", languageFor(this));
    address.searchParams.set("host", location.origin);
    const panel = new PanelFrame(this.#shell.load(address.href), server, {
      greeting: () => [
        { type: "host", host: { contact: contactOf(this), consent: consentOf(this), tokens: this.token !== null } },
        this.#look,
        ...this.#subscriptions.names.map((event) => ({ type: "listen", event, on: true }) as const),
        { type: "shown", shown: this.open, focus: this.#shell.waits },
      ],
      token: async () => (await this.token?.()) ?? null,
      hear: (message) => {
        if (message.type === "close") this.open = false;
        else this.#subscriptions.emit(message.event, message.value);
      },
      changed: () => {
        this.#render();
        if (panel.state === "ready" && this.#shell.waits) this.#shell.frame?.focus();
      },
    });
    return panel;
  }

  get #look(): ToFrame {
    return { type: "look", look: lookOf(this) };
  }

  #unload(): void {
    this.#panel?.end();
    this.#panel = null;
    this.#shell.unload();
  }

  #render(): void {
    this.#shell.render({
      language: languageFor(this),
      name: this.getAttribute("name") ?? "Sandra",
      label: this.getAttribute("label"),
      open: this.open,
      panel: this.#panel?.state ?? "none",
      contact: contactOf(this),
    });
  }

  #tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  /** A source that the page has set before this script came stands before the property. */
  #takeEarlyToken(): void {
    if (!Object.hasOwn(this, "token")) return;
    const { token } = this;
    Reflect.deleteProperty(this, "token");
    this.token = token;
  }
}
