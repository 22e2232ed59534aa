import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Replies } from "../../src/client/replies.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("resolves with the next message of the type", async () => {
  const replies = new Replies(5000);
  const reply = replies.next("language");
  replies.message({ type: "history_cleared", seq: 1 });
  replies.message({ type: "language", seq: 2, language: "en" });
  await expect(reply).resolves.toMatchObject({ language: "en" });
  expect(vi.getTimerCount()).toBe(0);
});

it("rejects when the answer does not come in time, or cannot come any more", async () => {
  const replies = new Replies(5000);
  const late = replies.next("history");
  vi.advanceTimersByTime(5000);
  await expect(late).rejects.toThrow("did not answer");
  const lost = replies.next("history");
  replies.drop();
  await expect(lost).rejects.toThrow("connection was lost");
});

it("rejects with the error that the server gives in its place, and with no other", async () => {
  const replies = new Replies(5000);
  const erased = replies.next("data_erased", "erase_failed");
  const error = { type: "error", seq: 1, message: "Ask again.", retryable: true, turn: null } as const;
  replies.message({ ...error, code: "engine_failed" });
  replies.message({ ...error, code: "erase_failed" });
  await expect(erased).rejects.toMatchObject({ code: "erase_failed", message: "Ask again." });
});
