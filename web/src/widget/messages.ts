/**
 * What the element on a host's page and our page in its frame say to each other.
 *
 * Two window messages join them, each sent to one exact origin and taken from one exact window and origin: the frame
 * says `hello`, the element answers `connect` with a port. Everything else goes through that port. What comes from a
 * host's page is checked by the frame before it is used (`frame/checks.ts`).
 */
import type { ClientEvents } from "../client/store.ts";

/** Frame to page, sent to the origin that the frame's address names. */
export const HELLO = "sandra-voice/1 hello";
/** Page to frame, with the port. */
export const CONNECT = "sandra-voice/1 connect";

/** What can be called through the port, by what it is called on. */
export const METHODS = {
  /** `window.websocketStreamClient` */
  client: [
    "getStatus",
    "startListening",
    "stopListening",
    "sendText",
    "interrupt",
    "getHistory",
    "setLanguage",
    "clearHistory",
    "mute",
    "setTurnMode",
    "holdToTalk",
    "release",
    "microphones",
    "chooseMicrophone",
    "eraseData",
    "takeOver",
    "close",
  ],
  /** `window.voiceLibraryManager` */
  library: ["playVoice"],
} as const;

export type Target = keyof typeof METHODS;
export type Method<Name extends Target> = (typeof METHODS)[Name][number];
export type EventName = keyof ClientEvents;

/** How the panel looks: `scheme`, and CSS values by the names in `LOOK`. */
export interface Look {
  scheme: "light" | "dark" | "auto";
  values: Readonly<Record<string, string>>;
}

/** What the host has agreed with the guest. */
export interface Consent {
  version: string;
  given: boolean;
}

/** What the host's page tells once, when the frame connects. */
export interface Host {
  /** Where guests turn when all else fails, by `phone`, `whatsapp`, `email`. */
  contact: Readonly<Record<string, string>>;
  consent: Consent | null;
  /** The page gets session tokens for us. */
  tokens: boolean;
}

/** Element to frame. */
export type ToFrame =
  | { type: "host"; host: Host }
  | { type: "look"; look: Look }
  /** The panel came into sight, or went; `focus`: the keyboard goes with it. */
  | { type: "shown"; shown: boolean; focus: boolean }
  | { type: "call"; id: number; target: string; method: string; args: readonly unknown[] }
  | { type: "listen"; event: EventName; on: boolean }
  | { type: "token"; id: number; token: string | null };

/** Frame to element. */
export type ToElement =
  | { type: "result"; id: number; value: unknown }
  | { type: "failure"; id: number; name: string; message: string; code: string | null }
  | { type: "event"; event: EventName; value: unknown }
  /** The guest closed the panel from inside. */
  | { type: "close" }
  /** The page that frames us may not use the microphone, or did not hand it on. */
  | { type: "microphone_forbidden" }
  | { type: "token_wanted"; id: number };
