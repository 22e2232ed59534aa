/** The page: joins the client, its three views, the keyboard and the language switch. */
import { chooseLanguage, type Language, languageOf } from "../language.ts";
import { VoiceClient } from "../voiceClient.ts";
import { ConversationView } from "./conversation.ts";
import { byId, setText } from "./dom.ts";
import { NoticeView } from "./notice.ts";
import { StageView } from "./stage.ts";
import { type Texts, TEXTS } from "./texts.ts";

declare global {
  interface Window {
    websocketStreamClient: VoiceClient;
  }
}

const LANGUAGE_KEY = "sandra.language";

/** Storage may be forbidden; then the choice lasts as long as the page. */
const memory = {
  read(): string | null {
    try {
      return localStorage.getItem(LANGUAGE_KEY);
    } catch {
      return null;
    }
  },
  write(language: Language): void {
    try {
      localStorage.setItem(LANGUAGE_KEY, language);
    } catch {
      // Nothing is lost but the choice at the next visit.
    }
  },
};

function start(): void {
  const { searchParams } = new URL(location.href);
  const client = new VoiceClient({
    url: new URL("ws/stream", location.href.replace(/^http/, "ws")).href.replace(/\?.*$/, ""),
    healthUrl: new URL("readyz", location.href).href,
    base: new URL("./", location.href).pathname,
    language: chooseLanguage(searchParams.get("lang"), memory.read(), navigator.languages),
  });
  window.websocketStreamClient = client;

  const stage = new StageView(client);
  const conversation = new ConversationView((text) => {
    client.sendText(text);
  });
  const notice = new NoticeView({ retry: () => void listen(client), sound: () => void client.enableSound() }, () => {
    client.dismissProblem();
  });

  let shown: Language | null = null;
  const render = (): void => {
    const { state } = client;
    const texts = TEXTS[state.language];
    if (shown !== state.language) {
      shown = state.language;
      translate(shown, texts);
    }
    stage.render(state, texts);
    conversation.render(state, texts);
    notice.render(state, texts);
  };
  client.on("state", render);
  listenToGuest(client);
  render();
}

function listenToGuest(client: VoiceClient): void {
  const words = byId("words", HTMLInputElement);
  byId("talk", HTMLButtonElement).addEventListener("click", () => {
    const { state } = client.state.microphone;
    if (state === "on" || state === "asking") void client.stopListening();
    else void listen(client);
  });
  byId("sound", HTMLButtonElement).addEventListener("click", () => void client.enableSound());
  byId("clear", HTMLButtonElement).addEventListener("click", () => void clear(client));
  byId("composer", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    client.sendText(words.value);
    words.value = "";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") client.interrupt();
  });
  for (const choice of document.querySelectorAll<HTMLInputElement>("input[name=language]")) {
    choice.addEventListener("change", () => void choose(client, choice.value));
  }
}

async function listen(client: VoiceClient): Promise<void> {
  try {
    await client.startListening();
  } catch {
    // The state holds the reason and the notice shows it; the words stay usable.
    byId("words", HTMLInputElement).focus({ preventScroll: true });
  }
}

async function clear(client: VoiceClient): Promise<void> {
  try {
    await client.clearHistory();
  } catch {
    // The state holds the reason and the notice shows it.
  }
}

async function choose(client: VoiceClient, value: string): Promise<void> {
  const language = languageOf(value);
  if (language === null) return;
  memory.write(language);
  try {
    await client.setLanguage(language);
  } catch {
    // The page has switched; the connection, which told its own trouble, takes the language along when it is back.
  }
}

function translate(language: Language, texts: Texts): void {
  document.documentElement.lang = language;
  document.title = texts.title;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    const text = texts[element.dataset["text"] as keyof Texts];
    if (typeof text === "string") setText(element, text);
  }
  byId("words", HTMLInputElement).placeholder = texts.inputHint;
  byId("send", HTMLButtonElement).setAttribute("aria-label", texts.send);
  for (const choice of document.querySelectorAll<HTMLInputElement>("input[name=language]")) {
    choice.checked = choice.value === language;
  }
}

start();
