import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Replies } from "../src/replies.ts";

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
