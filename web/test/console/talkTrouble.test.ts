import { expect, it } from "vitest";
import { initialState, type State } from "../../src/client/state.ts";
import { type TalkTrouble, talkTrouble } from "../../src/console/talkTrouble.ts";

const fine = initialState("es");

it.each([
  ["elsewhere", { elsewhere: true, problem: { kind: "audio" } }],
  ["full", { problem: { kind: "full", retryAfterSeconds: 9 } }],
  ["unreachable", { problem: { kind: "ended", reason: "unreachable" } }],
  ["unreachable", { problem: { kind: "ended", reason: "refused" } }],
  ["ended", { problem: { kind: "ended", reason: "idle" } }],
  ["ended", { problem: { kind: "new_session" } }],
  ["failed", { problem: { kind: "server", code: "engine_failed", message: "x" } }],
  ["failed", { problem: { kind: "audio" } }],
  ["microphone", { microphone: { state: "refused", failure: "none" } }],
] satisfies [TalkTrouble, Partial<State>][])(
  "tells an owner what keeps a trial from being talked with: %s",
  (kind, is) => {
    expect(talkTrouble({ ...fine, ...is })).toBe(kind);
    expect(talkTrouble(fine)).toBeNull();
  },
);
