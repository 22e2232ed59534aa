import { beforeEach, describe, expect, it } from "vitest";
import { type Shelf, TabMemory } from "../../src/client/tabMemory.ts";

let kept: Map<string, string>;
let shelf: Shelf;
let clock: number;
const session = { sessionId: "s", resumeToken: "r" };
const memory = (): TabMemory => new TabMemory(shelf, () => clock);

beforeEach(() => {
  [kept, clock] = [new Map<string, string>(), 1_000_000];
  shelf = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
});

describe("TabMemory", () => {
  it("gives a session to the next page of the tab, once", () => {
    memory().leave(session);
    expect(memory().take()).toEqual({ session, orphaned: false });
    expect(kept.size).toBe(0);
    expect(memory().take()).toBeNull();
  });

  it("keeps the session of a page that may be killed, and tells that nobody has left it", () => {
    memory().keep({ sessionId: "s", resumeToken: "first" });
    memory().keep(session);
    expect(memory().take()).toEqual({ session, orphaned: true });
    memory().keep(session);
    memory().clear();
    expect(memory().take()).toBeNull();
  });

  it("gives none that was left five minutes ago, and none that somebody else has written", () => {
    memory().leave(session);
    clock += 300_000;
    expect(memory().take()).toBeNull();
    for (const text of ["{", "null", '{"sessionId":1}']) {
      kept.set("enterprise-stream.session", text);
      expect(memory().take()).toBeNull();
    }
  });

  it("does without where the browser forbids it", () => {
    const none = new TabMemory(null, () => clock);
    none.leave(session);
    expect(none.take()).toBeNull();
    shelf.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    memory().leave(session);
    expect(memory().take()).toBeNull();
  });
});
