import { expect, it, vi } from "vitest";
import { type Circumstances, onMicrophonePermission, refusedBy } from "../../src/client/microphone.ts";

it.each<[string, Circumstances, ReturnType<typeof refusedBy>]>([
  ["Chromium tells of a policy", { forbidden: true, framed: true, permission: "denied" }, "policy"],
  ["a policy of the page itself", { forbidden: true, framed: false, permission: "prompt" }, "policy"],
  ["blocked, and no policy", { forbidden: false, framed: true, permission: "denied" }, "denied"],
  ["the question was closed", { forbidden: false, framed: false, permission: "prompt" }, "dismissed"],
  [
    "the question was closed in a frame elsewhere",
    { forbidden: null, framed: true, permission: "prompt" },
    "dismissed",
  ],
  [
    "Firefox and Safari in a frame: blocked or forbidden",
    { forbidden: null, framed: true, permission: "denied" },
    "policy",
  ],
  ["a frame of a browser that tells nothing", { forbidden: null, framed: true, permission: null }, "policy"],
  ["Firefox and Safari on a page of our own", { forbidden: null, framed: false, permission: "denied" }, "denied"],
])("who has not allowed the microphone: %s", (_, circumstances, failure) => {
  expect(refusedBy(circumstances)).toBe(failure);
});

it("follows what the guest allows in the browser's settings until the end, also where that comes first", async () => {
  const status = Object.assign(new EventTarget(), { state: "denied" });
  vi.stubGlobal("navigator", { permissions: { query: () => Promise.resolve(status) } });
  const ending = new AbortController();
  const told: string[] = [];
  await onMicrophonePermission((state) => void told.push(state), ending.signal);
  await onMicrophonePermission((state) => void told.push(`late ${state}`), AbortSignal.abort());
  status.state = "granted";
  status.dispatchEvent(new Event("change"));
  ending.abort();
  status.dispatchEvent(new Event("change"));
  expect(told).toEqual(["granted"]);
  vi.unstubAllGlobals();
});
