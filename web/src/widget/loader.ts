/** `widget.js`: makes `<sandra-voice>` known to a page. Loading it twice does nothing more. */
import { SandraVoice } from "./element.ts";

if (customElements.get("sandra-voice") === undefined) customElements.define("sandra-voice", SandraVoice);
