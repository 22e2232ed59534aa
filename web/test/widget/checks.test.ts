import { expect, it } from "vitest";
import { mayCall, readMessage } from "../../src/widget/frame/checks.ts";
import { METHODS } from "../../src/widget/messages.ts";

it("lets a host call what is listed, with what it takes", () => {
  expect(mayCall("client", "getStatus", [])).toBe(true);
  expect(mayCall("client", "sendText", ["¿Admiten mascotas?"])).toBe(true);
  expect(mayCall("client", "setTurnMode", ["manual"])).toBe(true);
  expect(mayCall("library", "playVoice", ["welcome", "Hola"])).toBe(true);
});

it.each([
  ["client", "sendText", []],
  ["client", "sendText", [7]],
  ["client", "sendText", ["a", "b"]],
  ["client", "sendText", ["x".repeat(4001)]],
  ["client", "setTurnMode", ["sometimes"]],
  ["client", "constructor", []],
  ["client", "toString", []],
  ["client", "on", ["state", () => 1]],
  ["window", "close", []],
  ["__proto__", "toString", []],
  ["constructor", "call", []],
  ["client", ["getStatus"], []],
  ["client", "getStatus", "none"],
])("refuses %s.%s(%j)", (target, method, args) => {
  expect(mayCall(target, method, args)).toBe(false);
});

it("knows the arguments of every method that can be called", () => {
  for (const [target, methods] of Object.entries(METHODS)) {
    for (const method of methods) {
      const taken = [[], ["auto"], [true], ["a", "b"]].some((args) => mayCall(target, method, args));
      expect(taken, `${target}.${method}`).toBe(true);
    }
  }
});

it("takes messages as they are meant", () => {
  const host = { contact: { phone: "960000100" }, consent: { version: "1", given: true }, tokens: false };
  for (const message of [
    { type: "host", host },
    { type: "host", host: { ...host, consent: null } },
    { type: "look", look: { scheme: "dark", values: { accent: "#123456" } } },
    { type: "shown", shown: true, focus: false },
    { type: "listen", event: "state", on: true },
    { type: "call", id: 1, target: "client", method: "getStatus", args: [] },
    { type: "token", id: 1, token: null },
  ]) {
    expect(readMessage(message)).toBe(message);
  }
});

it.each([
  null,
  "host",
  [],
  {},
  { type: "other" },
  { type: "host" },
  { type: "host", host: { contact: { phone: 1 }, consent: null, tokens: false } },
  { type: "host", host: { contact: {}, consent: { version: "1" }, tokens: false } },
  { type: "look", look: null },
  { type: "look", look: { values: { accent: 1 } } },
  { type: "shown", shown: "yes", focus: true },
  { type: "listen", event: "toString", on: true },
  { type: "call", id: "1", target: "client", method: "getStatus", args: [] },
  { type: "token", id: 1, token: 7 },
])("refuses %j", (message) => {
  expect(readMessage(message)).toBeNull();
});
