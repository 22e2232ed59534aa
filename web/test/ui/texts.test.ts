import { describe, expect, it } from "vitest";
import { initialState, type State } from "../../src/state.ts";
import { noticeFor } from "../../src/ui/notice.ts";
import { TEXTS } from "../../src/ui/texts.ts";

const FAILURES = ["denied", "dismissed", "none", "busy", "insecure", "policy"] as const;

describe.each(["es", "en"] as const)("texts in %s", (language) => {
  const texts = TEXTS[language];

  it("say what to do in each of the six microphone failures, each in its own words", () => {
    const notices = FAILURES.map((failure) => {
      const state: State = { ...initialState(language), microphone: { state: "refused", failure } };
      return noticeFor(state, texts)?.advice;
    });
    expect(new Set(notices.map((advice) => advice?.title)).size).toBe(6);
    for (const advice of notices) expect(advice?.todo).toMatch(/escrib|type/);
  });

  it("have no empty string", () => {
    const walk = (value: unknown): void => {
      if (typeof value === "string") expect(value.trim()).not.toBe("");
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
    };
    walk(texts);
  });

  it("say when a full server is worth another try", () => {
    const state: State = { ...initialState(language), problem: { kind: "full", retryAfterSeconds: 7 } };
    expect(noticeFor(state, texts)).toMatchObject({
      action: "retry",
      advice: { todo: expect.stringContaining("7") as string },
    });
  });
});

it("has the same parts in both languages", () => {
  const shape = (value: object): string[] => Object.keys(value).sort();
  expect(shape(TEXTS.en)).toEqual(shape(TEXTS.es));
  expect(shape(TEXTS.en.server)).toEqual(shape(TEXTS.es.server));
});

it("shows the message of a code that it does not know", () => {
  const state: State = { ...initialState("en"), problem: { kind: "server", code: "new_code", message: "Do this." } };
  expect(noticeFor(state, TEXTS.en)?.advice.todo).toBe("Do this.");
});
