/**
 * What the panel shows beside the conversation: a pure reducer over what the guest does with it.
 *
 * Nothing here reads a clock, storage or the document.
 */
import type { Consent, Intent } from "./consent.ts";
import { type Contact, type Facts, NO_FACTS } from "./facts.ts";

export type Dialog = { kind: "none" } | { kind: "consent"; intent: Intent } | { kind: "options" };

/** How far the deletion of the guest's data is. */
export type Erasing = "no" | "asked" | "running" | "done" | "failed" | "over";

/** What the page around a frame tells. */
export interface Host {
  /** Its own ways to a person, before the business's. */
  contact: Partial<Contact>;
  /** What the guest has agreed to there; null where the panel has to ask. */
  consent: { version: string; given: boolean } | null;
}

export interface PanelState {
  facts: Facts;
  /** Null on a page of our own. */
  host: Host | null;
  /** The guest's last answer to a notice; null before the first. */
  consent: Consent | null;
  dialog: Dialog;
  erasing: Erasing;
  /** What came of copying the transcript. */
  copied: "no" | "done" | "failed";
  /** The guest has just said no to the notice. */
  declined: boolean;
  /** The disclosure is said, or about to be. */
  disclosing: boolean;
  /** An answer has been waited for so long that the guest is told. */
  waitsLong: boolean;
  /** Title of the notice that the guest has closed; "" for none. */
  dismissed: string;
}

export type PanelAction =
  | { type: "facts"; facts: Facts }
  | { type: "host"; host: Host }
  | { type: "ask"; intent: Intent }
  | { type: "answered"; consent: Consent }
  | { type: "options" }
  | { type: "closed"; kind: Dialog["kind"] }
  | { type: "erasing"; erasing: Erasing }
  /** The guest's data is deleted, and with it the answer to the notice. */
  | { type: "erased" }
  | { type: "copied"; copied: "done" | "failed" }
  | { type: "disclosing"; on: boolean }
  | { type: "waits"; long: boolean }
  | { type: "dismissed"; title: string }
  | { type: "shown"; title: string }
  /** The guest asks for something anew. */
  | { type: "asks" };

export function initialPanel(facts: Facts | null, consent: Consent | null): PanelState {
  return {
    facts: facts ?? NO_FACTS,
    host: null,
    consent,
    dialog: { kind: "none" },
    erasing: "no",
    copied: "no",
    declined: false,
    disclosing: false,
    waitsLong: false,
    dismissed: "",
  };
}

export function reducePanel(panel: PanelState, action: PanelAction): PanelState {
  switch (action.type) {
    case "facts":
      return { ...panel, facts: action.facts };
    case "host":
      return { ...panel, host: action.host, consent: consentOfHost(action.host) ?? panel.consent };
    case "ask":
      return { ...panel, dialog: { kind: "consent", intent: action.intent }, declined: false };
    case "answered":
      return {
        ...panel,
        consent: action.consent,
        dialog: { kind: "none" },
        declined: action.consent.choice === "no",
        dismissed: "",
      };
    case "options":
      return { ...panel, dialog: { kind: "options" }, erasing: "no", copied: "no" };
    case "closed":
      // Another may have been opened in its place: that one stays.
      return panel.dialog.kind === action.kind ? { ...panel, dialog: { kind: "none" } } : panel;
    case "erasing":
      return { ...panel, erasing: action.erasing };
    case "erased":
      return { ...panel, erasing: "done", consent: null };
    case "copied":
      return { ...panel, copied: action.copied };
    case "disclosing":
      return { ...panel, disclosing: action.on };
    case "waits":
      return { ...panel, waitsLong: action.long };
    case "dismissed":
      return { ...panel, dismissed: action.title, declined: false };
    case "asks":
      // A notice that was closed and still holds is the answer to that.
      return { ...panel, dismissed: "" };
    case "shown":
      // Another notice came after the one that was closed: the same one, should it come again, is news.
      return panel.dismissed === action.title ? panel : { ...panel, dismissed: "" };
  }
}

/** Names the notice that holds: the host's where the guest was asked there, else the business's. */
export function noticeVersion({ host, facts }: PanelState): string {
  return host?.consent?.version ?? facts.privacy.version;
}

/** The ways to a person, the host's first. */
export function contactOf({ host, facts }: PanelState): Contact {
  return { ...facts.contact, ...host?.contact };
}

/** Whether there is any way to a person. */
export function isReachable({ phone, whatsapp, email }: Contact): boolean {
  return phone !== "" || whatsapp !== "" || email !== "";
}

/** A host that has asked its guest has asked for the voice too. */
function consentOfHost({ consent }: Host): Consent | null {
  return consent === null ? null : { version: consent.version, choice: consent.given ? "voice" : "no" };
}
