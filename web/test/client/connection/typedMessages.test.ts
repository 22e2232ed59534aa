import { expect, it } from "vitest";
import { TypedMessages } from "../../../src/client/connection/typedMessages.ts";

it("sends again only what a lost connection has taken with it", () => {
  const typed = new TypedMessages();
  typed.sent("one");
  typed.sent("two");
  typed.taken("one");
  typed.lost();
  typed.sent("three"); // waits for the next connection by itself
  expect(typed.again()).toEqual(["two"]);
  expect(typed.again()).toEqual([]);
});

it("does not send again what is told to have been taken", () => {
  const typed = new TypedMessages();
  typed.sent("one");
  typed.lost();
  typed.taken("one");
  expect(typed.again()).toEqual([]);
});
