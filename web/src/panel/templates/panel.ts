import { html, type TemplateResult } from "lit/html.js";
import type { Model } from "../model.ts";
import { consentDialog } from "./consentDialog.ts";
import { conversation } from "./conversation.ts";
import { dock } from "./dock.ts";
import { liveRegions } from "./live.ts";
import { masthead } from "./masthead.ts";
import { optionsDialog } from "./optionsDialog.ts";
import { stage } from "./stage.ts";

/** The whole panel. */
export function panel(model: Model): TemplateResult {
  return html`
    ${masthead(model)}
    <main>${stage(model)} ${dock(model)} ${conversation(model)}</main>
    ${consentDialog(model)} ${optionsDialog(model)} ${liveRegions(model)}
  `;
}
