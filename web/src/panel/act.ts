import type { Language } from "../client/language.ts";
import type { Choice, Intent } from "./consent.ts";

/** All that a guest can do in the panel. */
export interface Act {
  /** Begins to listen, or stops. */
  readonly talk: () => void;
  /** Presses or lets go of the button that is held while talking. */
  readonly hold: () => void;
  readonly release: () => void;
  readonly mute: () => void;
  readonly setMode: (mode: "auto" | "manual") => void;
  readonly chooseMicrophone: (id: string) => void;
  /** Says something in writing; false when the guest is asked for consent first. */
  readonly say: (text: string) => boolean;
  readonly setLanguage: (language: Language) => void;
  readonly sound: () => void;
  readonly retry: () => void;
  /** Brings the voice here from another tab. */
  readonly takeVoice: () => void;
  readonly clear: () => void;
  readonly dismiss: (title: string) => void;
  readonly openOptions: () => void;
  readonly closeDialog: (kind: "consent" | "options") => void;
  /** Shows the notice; what the guest wanted is done once it is accepted. */
  readonly ask: (intent: Intent) => void;
  readonly answer: (choice: Choice) => void;
  readonly copy: () => void;
  readonly download: (kind: "txt" | "json") => void;
  /** Asks whether the guest is sure; `erase` deletes. */
  readonly askErase: () => void;
  readonly cancelErase: () => void;
  readonly erase: () => void;
}
