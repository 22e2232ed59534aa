/** The page: joins the client, the panel, and what is kept between visits. */
import { chooseLanguage } from "../client/language.ts";
import { VoiceClient } from "../client/voiceClient.ts";
import type { VoiceLibraryManager } from "../client/voiceLibrary.ts";
import { agreed, type Consent, readConsent } from "./consent.ts";
import { readFacts } from "./facts.ts";
import { GuestPanel } from "./guestPanel.ts";
import { Memory } from "./memory.ts";
import { initialPanel } from "./panelState.ts";
import { Tokens } from "./tokens.ts";

declare global {
  interface Window {
    websocketStreamClient: VoiceClient;
    voiceLibraryManager: VoiceLibraryManager;
    /** For the page around a frame. */
    sandraPanel: { panel: GuestPanel; tokens: Tokens };
  }
}

function start(root: HTMLElement): void {
  const memory = new Memory();
  const kept = memory.read("business");
  const consent = readConsent(memory.read("consent"));
  const tokens = new Tokens(new URL("api/sessions", location.href));
  const client = connect(memory, consent, tokens);
  window.websocketStreamClient = client;
  window.voiceLibraryManager = client.voiceLibrary;
  const panel = new GuestPanel(client, root, memory, initialPanel(kept === null ? null : readFacts(kept), consent));
  window.sandraPanel = { panel, tokens };
  void panel.start();
}

function connect(memory: Memory, consent: Consent | null, tokens: Tokens): VoiceClient {
  const { searchParams } = new URL(location.href);
  const chosen = memory.read("language");
  return new VoiceClient({
    url: new URL("ws/stream", location.href.replace(/^http/, "ws")).href.replace(/\?.*$/, ""),
    healthUrl: new URL("readyz", location.href).href,
    base: new URL("./", location.href).pathname,
    language: chooseLanguage(searchParams.get("lang"), typeof chosen === "string" ? chosen : null, navigator.languages),
    token: () => tokens.next(),
    browserSpeech: true,
    ...(consent === null ? {} : { consent: agreed(consent) }),
  });
}

const root = document.getElementById("panel");
if (root === null) throw new Error('The page has no element with the id "panel".');
start(root);
