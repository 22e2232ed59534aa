/** Shows and hides the panel's box, and moves the keyboard with it. */
export class Drawer {
  readonly #root: ShadowRoot;
  readonly #dialog: HTMLDialogElement;
  readonly #launcher: HTMLElement;
  /** What had the keyboard when the panel was opened. */
  #returnTo: Element | null = null;

  constructor(root: ShadowRoot, dialog: HTMLDialogElement, launcher: HTMLElement) {
    this.#root = root;
    this.#dialog = dialog;
    this.#launcher = launcher;
  }

  /** The keyboard is in the box or in its frame. */
  get hasFocus(): boolean {
    return this.#dialog.contains(this.#root.activeElement);
  }

  /** @param covers the box covers the page: the rest of it cannot be reached until it is closed. */
  open(covers: boolean): void {
    this.#returnTo = document.activeElement;
    this.#show(covers);
  }

  /** The box begins or ceases to cover the page. */
  refit(covers: boolean): void {
    if (!this.#dialog.open || this.#dialog.matches(":modal") === covers) return;
    this.#dialog.close();
    this.#show(covers);
  }

  /** Gives the keyboard back if it was inside. */
  close(): void {
    const inside = this.hasFocus;
    this.#dialog.close();
    const back = this.#returnTo;
    this.#returnTo = null;
    if (!inside) return;
    const elsewhere =
      back instanceof HTMLElement && back.isConnected && back !== document.body && back !== this.#root.host;
    (elsewhere ? back : this.#launcher).focus({ preventScroll: true });
  }

  #show(covers: boolean): void {
    if (covers) this.#dialog.showModal();
    else this.#dialog.open = true; // `show()` would take the keyboard from a page that opens the panel as it loads
  }
}
