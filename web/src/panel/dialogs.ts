import type { PanelState } from "./panelState.ts";

/** Which element shows which dialog. */
const ELEMENTS = { consent: "consent", options: "options-dialog" } as const;

/** Opens the dialog that the state asks for and closes the others; the browser keeps the focus inside and returns it. */
export function showDialogs(root: HTMLElement, { dialog }: PanelState): void {
  for (const [kind, id] of Object.entries(ELEMENTS)) {
    const element = root.querySelector(`#${id}`);
    if (!(element instanceof HTMLDialogElement)) continue;
    if (dialog.kind === kind && !element.open) element.showModal();
    if (dialog.kind !== kind && element.open) element.close();
  }
}
