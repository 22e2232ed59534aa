/** The panel's page in a host's frame: joins the page to the element around it. */
import type { Intent } from "../../panel/consent.ts";
import { Bridge } from "./bridge.ts";
import { dress } from "./dress.ts";
import { HostLine, namedHost, type Order } from "./hostLine.ts";

/** What has the keyboard first. */
const FIRST = "#talk";

function start(origin: string): void {
  const { websocketStreamClient: client, voiceLibraryManager: library } = window;
  const { panel, tokens } = window.sandraPanel;
  const line = new HostLine(parent, origin, follow);
  const permits = (intent: Intent): boolean => panel.permits(intent);
  const bridge = new Bridge({ client, library, permits }, (message) => {
    line.tell(message);
  });
  tokens.use(() => line.token());

  function follow(message: Order): void {
    switch (message.type) {
      case "call":
      case "listen":
        bridge.follow(message);
        break;
      case "look":
        dress(document.documentElement, message.look);
        break;
      case "shown":
        if (message.shown && message.focus) takeKeyboard();
        if (!message.shown) void hush();
        break;
      case "host":
        panel.setHost(message.host);
        if (microphoneForbidden()) line.tell({ type: "microphone_forbidden" });
    }
  }

  /** A panel out of sight neither listens nor speaks. */
  async function hush(): Promise<void> {
    await client.interrupt();
    await client.stopListening();
  }

  closeByKey(
    () => client.getStatus().phase === "speaking",
    () => {
      line.tell({ type: "close" });
    },
  );
}

/** The keyboard goes to the first control, once the browser has given it to the frame: which comes first is open. */
function takeKeyboard(): void {
  const focus = (): void => document.querySelector<HTMLElement>(FIRST)?.focus();
  if (document.hasFocus()) focus();
  else addEventListener("focus", focus, { once: true });
}

/** Escape silences her while she speaks, which the page does itself, and else closes the panel. */
function closeByKey(busy: () => boolean, close: () => void): void {
  let spent = false;
  const note = (): void => {
    spent = busy() || document.querySelector("dialog[open]") !== null;
  };
  addEventListener("keydown", note, { capture: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !spent && !event.defaultPrevented) close();
  });
}

function microphoneForbidden(): boolean {
  const { featurePolicy } = document as { featurePolicy?: { allowsFeature(name: string): boolean } };
  return featurePolicy?.allowsFeature("microphone") === false;
}

const host = namedHost(location.href);
if (parent !== window && host !== null) start(host);
