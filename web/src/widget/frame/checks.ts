/** What a host's page may ask of the panel: everything else is refused, whatever it says it is. */
import type { ClientEvents } from "../../client/store.ts";
import { type EventName, type Host, type Method, METHODS, type Target, type ToFrame } from "../messages.ts";

type Check = (value: unknown) => boolean;

/** Longest text of a call, characters: what the panel's own input takes, and room. */
const LONGEST_TEXT = 4000;

const text: Check = (value) => typeof value === "string" && value.length <= LONGEST_TEXT;
const textOrNull: Check = (value) => value === null || text(value);
const flag: Check = (value) => typeof value === "boolean";
const mode: Check = (value) => value === "auto" || value === "manual";

/** Each method's arguments, in order. */
const ARGUMENTS: { readonly [Name in Target]: Readonly<Record<Method<Name>, readonly Check[]>> } = {
  client: {
    getStatus: [],
    startListening: [],
    stopListening: [],
    sendText: [text],
    interrupt: [],
    getHistory: [],
    setLanguage: [text],
    clearHistory: [],
    mute: [flag],
    setTurnMode: [mode],
    holdToTalk: [],
    release: [],
    microphones: [],
    chooseMicrophone: [textOrNull],
    eraseData: [],
    takeOver: [],
    close: [],
  },
  library: { playVoice: [text, text] },
};

const EVENTS: Readonly<Record<keyof ClientEvents, true>> = { state: true, status: true, message: true, latency: true };

type Fields = Readonly<Record<string, unknown>>;

/** A message of the host's page as it may be used; null for anything else. */
export function readMessage(data: unknown): ToFrame | null {
  if (!isRecord(data)) return null;
  switch (data["type"]) {
    case "call":
      return isCall(data) ? (data as ToFrame) : null;
    case "listen":
      return isEvent(data["event"]) && flag(data["on"]) ? (data as ToFrame) : null;
    case "shown":
      return flag(data["shown"]) && flag(data["focus"]) ? (data as ToFrame) : null;
    case "look":
      return isRecord(data["look"]) && isTexts(data["look"]["values"]) ? (data as ToFrame) : null;
    case "host":
      return isHost(data["host"]) ? (data as ToFrame) : null;
    case "token":
      return typeof data["id"] === "number" && (data["token"] === null || text(data["token"]))
        ? (data as ToFrame)
        : null;
    default:
      return null;
  }
}

/** Whether a call, its numbers apart, is one that may be made. */
export function mayCall(target: unknown, method: unknown, args: unknown): boolean {
  if (typeof target !== "string" || typeof method !== "string" || !Array.isArray(args)) return false;
  if (!Object.hasOwn(METHODS, target)) return false;
  const methods: Readonly<Record<string, readonly Check[]>> = ARGUMENTS[target as Target];
  const checks = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return checks?.length === args.length && checks.every((check, at) => check(args[at]));
}

function isCall(data: Fields): boolean {
  return typeof data["id"] === "number" && text(data["target"]) && text(data["method"]) && Array.isArray(data["args"]);
}

function isEvent(value: unknown): value is EventName {
  return typeof value === "string" && Object.hasOwn(EVENTS, value);
}

function isHost(value: unknown): value is Host {
  if (!isRecord(value) || !isTexts(value["contact"]) || !flag(value["tokens"])) return false;
  const consent = value["consent"];
  return consent === null || (isRecord(consent) && text(consent["version"]) && flag(consent["given"]));
}

function isTexts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(text);
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
