import type { State } from "../client/state.ts";
import type { Act } from "./act.ts";

/** What a key press means; null for all that the page leaves to the browser. */
export type Command = "interrupt" | "mute" | "hold";

/** The part of a key press that decides. */
export interface Press {
  key: string;
  repeat: boolean;
  /** With Ctrl, Alt or Meta a key is the browser's or the system's. */
  modified: boolean;
  /** Where the focus is: in a field, on a control of its own, on the talk button, or on nothing that takes keys. */
  focus: "field" | "control" | "talk" | "page";
}

/** What a key does, given where the focus is. */
export function commandOf(press: Press, state: Pick<State, "microphone" | "turnMode">): Command | null {
  if (press.modified) return null;
  if (press.key === "Escape") return "interrupt";
  if (press.focus === "field") return null;
  const { microphone, turnMode } = state;
  if (press.key.toLowerCase() === "m") {
    // Where a button is held to talk there is nothing to mute: it hears only while it is held.
    return microphone.state === "on" && turnMode === "auto" && !press.repeat ? "mute" : null;
  }
  const held = press.key === " " || (press.key === "Enter" && press.focus === "talk");
  return held && press.focus !== "control" && turnMode === "manual" ? "hold" : null;
}

/**
 * Listens to the keyboard: Esc silences, M mutes, Space is held to talk.
 *
 * @param state what is going on when a key is pressed.
 */
export function listenToKeys(act: Act, interrupt: () => void, state: () => State): void {
  let holding: string | null = null;
  const release = (): void => {
    if (holding === null) return;
    holding = null;
    act.release();
  };
  document.addEventListener("keydown", (event) => {
    // A window's Esc closes it, and its other keys are its own.
    if (document.querySelector("dialog[open]") !== null) return;
    const command = commandOf(pressOf(event), state());
    if (command === "interrupt") interrupt();
    else if (command === "mute") act.mute();
    else if (command === "hold") {
      event.preventDefault();
      if (event.repeat || holding !== null) return;
      holding = event.key;
      act.hold();
    }
  });
  document.addEventListener("keyup", (event) => {
    if (event.key !== holding) return;
    event.preventDefault();
    release();
  });
  // A key that is let go in another window is never told.
  window.addEventListener("blur", release);
}

function pressOf(event: KeyboardEvent): Press {
  const { key, repeat, ctrlKey, altKey, metaKey } = event;
  return { key, repeat, modified: ctrlKey || altKey || metaKey, focus: focusOf(event.target) };
}

function focusOf(target: EventTarget | null): Press["focus"] {
  if (!(target instanceof Element)) return "page";
  if (target.id === "talk") return "talk";
  if (target.matches("input[type=text], textarea, select")) return "field";
  return target.matches("button, a, input, summary") ? "control" : "page";
}
