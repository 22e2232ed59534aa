import { ClientError } from "../client/api.ts";
import type { Language } from "../client/language.ts";
import { MOST_TURNS } from "../client/serverMessages.ts";
import type { VoiceClient } from "../client/voiceClient.ts";
import type { Act } from "./act.ts";
import { agreed, allowed, type Choice, type Intent } from "./consent.ts";
import type { Memory } from "./memory.ts";
import { noticeVersion, type PanelAction, type PanelState } from "./panelState.ts";
import { asJson, asText, type Line, linesBefore, linesOf } from "./transcript.ts";
import { saveFile } from "./saveFile.ts";
import { textsFor } from "./texts/texts.ts";

/** What the controller stands on. */
export interface Desk {
  readonly client: VoiceClient;
  readonly memory: Memory;
  readonly panel: () => PanelState;
  readonly dispatch: (action: PanelAction) => void;
  /** When each turn was first seen, ms since 1970, by its key. */
  readonly moments: ReadonlyMap<string, number>;
  /** Puts the cursor into the text field. */
  readonly focusWords: () => void;
  /** The words that waited for consent are sent: the text field is emptied. */
  readonly clearWords: () => void;
  /** Words that could not be sent are in the text field again, before what is written there meanwhile. */
  readonly giveBack: (words: string) => void;
}

/**
 * Does what the guest asks for: consent comes before the first word, all else is the client's.
 *
 * A failure of the client's is in its state, and the notice shows it.
 */
export class Controller implements Act {
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  readonly talk = (): void => {
    const { state } = this.#desk.client.state.microphone;
    if (state === "on" || state === "asking") void this.#desk.client.stopListening();
    else this.ask({ kind: "talk" });
  };

  readonly hold = (): void => {
    this.ask({ kind: "hold" });
  };

  readonly release = (): void => {
    if (this.#desk.client.state.holding) void quietly(this.#desk.client.release());
  };

  readonly mute = (): void => {
    this.#desk.client.mute(!this.#desk.client.state.muted);
  };

  readonly setMode = (mode: "auto" | "manual"): void => {
    this.#desk.client.setTurnMode(mode);
  };

  readonly chooseMicrophone = (id: string): void => {
    void quietly(this.#desk.client.chooseMicrophone(id));
  };

  readonly say = (text: string): boolean => {
    if (text.trim() === "") return false;
    return this.#tryNow({ kind: "say", text });
  };

  readonly setLanguage = (language: Language): void => {
    this.#desk.memory.write("language", language);
    // The page has switched at once; the connection takes the language along when it is back.
    void quietly(this.#desk.client.setLanguage(language));
  };

  readonly sound = (): void => {
    void quietly(this.#desk.client.enableSound());
  };

  readonly retry = (): void => {
    this.ask({ kind: "talk" });
  };

  readonly takeVoice = (): void => {
    void quietly(
      this.#desk.client.takeOver().then(() => {
        this.ask({ kind: "talk" });
      }),
    );
  };

  readonly clear = (): void => {
    void quietly(this.#desk.client.clearHistory());
  };

  readonly dismiss = (title: string): void => {
    this.#desk.client.dismissProblem();
    this.#desk.dispatch({ type: "dismissed", title });
  };

  readonly openOptions = (): void => {
    this.#desk.dispatch({ type: "options" });
    void quietly(this.#desk.client.microphones());
  };

  readonly closeDialog = (kind: "consent" | "options"): void => {
    this.#desk.dispatch({ type: "closed", kind });
  };

  readonly ask = (intent: Intent): void => {
    this.#tryNow(intent);
  };

  readonly answer = (choice: Choice): void => {
    const { dispatch, memory, panel, client } = this.#desk;
    const { dialog } = panel();
    const version = noticeVersion(panel());
    const consent = { version, choice };
    memory.write("consent", consent);
    dispatch({ type: "answered", consent });
    client.setConsent(agreed(consent));
    if (choice !== "voice" && client.state.microphone.state === "on") void client.stopListening();
    if (dialog.kind !== "consent" || !allowed(consent, version, dialog.intent)) return;
    // A button that was held before the notice was shown is held no more: the first press only opens the microphone.
    this.#do(dialog.intent.kind === "hold" ? { kind: "talk" } : dialog.intent);
    if (dialog.intent.kind === "say") this.#desk.clearWords();
  };

  readonly copy = (): void => {
    const told = (copied: "done" | "failed") => (): void => {
      this.#desk.dispatch({ type: "copied", copied });
    };
    this.#transcript("txt")
      .then((text) => navigator.clipboard.writeText(text))
      .then(told("done"), told("failed"));
  };

  readonly download = (kind: "txt" | "json"): void => {
    void this.#transcript(kind).then((text) => {
      saveFile(`sandra-${new Date().toISOString().slice(0, 10)}.${kind}`, text, kind);
    });
  };

  readonly askErase = (): void => {
    this.#desk.dispatch({ type: "erasing", erasing: "asked" });
  };

  readonly cancelErase = (): void => {
    this.#desk.dispatch({ type: "erasing", erasing: "no" });
  };

  readonly erase = (): void => {
    const { dispatch, client, memory } = this.#desk;
    dispatch({ type: "erasing", erasing: "running" });
    client.eraseData().then(
      () => {
        memory.forget("consent");
        dispatch({ type: "erased" });
      },
      (error: unknown) => {
        const over = error instanceof ClientError && error.code === "not_connected";
        dispatch({ type: "erasing", erasing: over ? "over" : "failed" });
      },
    );
  };

  /** Whether that was accepted; asks otherwise. */
  readonly permits = (intent: Intent): boolean => {
    const { panel, dispatch } = this.#desk;
    if (allowed(panel().consent, noticeVersion(panel()), intent)) return true;
    dispatch({ type: "ask", intent });
    return false;
  };

  /** Does what the guest wants if that was accepted; asks otherwise. */
  #tryNow(intent: Intent): boolean {
    if (!this.permits(intent)) return false;
    this.#do(intent);
    return true;
  }

  #do(intent: Intent): void {
    const { client, dispatch } = this.#desk;
    dispatch({ type: "asks" });
    if (intent.kind === "say") void this.#send(intent.text);
    else if (intent.kind === "hold") void this.#listen(client.holdToTalk());
    else if (intent.kind === "talk") void this.#listen(client.startListening());
  }

  async #send(text: string): Promise<void> {
    try {
      await this.#desk.client.sendText(text);
    } catch {
      // Another tab has the voice, and the notice says so.
      this.#desk.giveBack(text);
    }
  }

  /** Without a microphone the words stay usable, and the cursor goes there. */
  async #listen(starting: Promise<void>): Promise<void> {
    try {
      await starting;
    } catch {
      // The state holds the reason and the notice shows it.
      this.#desk.focusWords();
    }
  }

  async #transcript(kind: "txt" | "json"): Promise<string> {
    const { client, panel, moments } = this.#desk;
    const { persona, business } = panel().facts;
    const earlier = await this.#earlier();
    const lines = [...(earlier ?? []), ...linesOf(client.state.turns, moments)];
    const heading = { persona, business, at: new Date().toISOString(), whole: earlier !== null };
    if (kind === "json") return asJson(lines, heading);
    return asText(lines, heading, textsFor(client.state.language, persona, business), client.state.language);
  }

  /** What the page of a long conversation has let go and the server still keeps; null when it cannot be had. */
  async #earlier(): Promise<readonly Line[] | null> {
    const { client } = this.#desk;
    const [first] = client.state.turns;
    if (first === undefined || client.state.turns.length < MOST_TURNS) return [];
    if (first.session !== client.state.session || !client.getStatus().connected) return null;
    return client.getHistory().then(
      (items) => linesBefore(first, items),
      () => null,
    );
  }
}

/** For what the state tells, whether it comes to something or not. */
async function quietly(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // The client's state holds the reason and the notice shows it.
  }
}
