import { beforeEach, expect, it } from "vitest";
import { Comeback } from "../../../src/client/connection/comeback.ts";
import type { Told } from "../../../src/client/connection/pageMessages.ts";
import type { ServerMessage } from "../../../src/client/wire/messages.ts";

let comeback: Comeback;

const ready = (id: string): ServerMessage =>
  ({ type: "ready", seq: 1, session_id: id, resume_token: `token of ${id}` }) as ServerMessage;
const chunk = (seq: number): ServerMessage => ({ type: "response_chunk", seq, turn: 1, text: `${seq}` });
const started = (seq: number, token: string | null): ServerMessage =>
  ({ type: "started", seq, resume_token: token }) as ServerMessage;
const refused = (seq: number): ServerMessage => ({
  type: "error",
  seq,
  code: "resume_refused",
  message: "",
  retryable: false,
  turn: null,
});
const take = (...messages: ServerMessage[]): [string, number, Told][] =>
  messages.flatMap((message) => comeback.take(message)).map(({ message, told }) => [message.type, message.seq, told]);

beforeEach(() => {
  comeback = new Comeback();
});

it("asks for nothing at the first connection", () => {
  expect(comeback.request(null)).toBeNull();
  expect(take(ready("a"), started(2, null), chunk(3))).toEqual([
    ["ready", 1, "now"],
    ["started", 2, "now"],
    ["response_chunk", 3, "now"],
  ]);
  expect(comeback.live).toBe(true);
});

it("asks for the session, keeps the new one's ready back, and takes the next token", () => {
  take(ready("a"), chunk(2), chunk(3));
  comeback.lost();
  const played = { turn: 1, played_ms: 40 };
  expect(comeback.request(played)).toEqual({ session_id: "a", resume_token: "token of a", last_seq: 3, played });
  expect(take(ready("b"))).toEqual([]);
  expect(comeback.live).toBe(false);
  expect(take(chunk(4), started(5, "next"), chunk(6))).toEqual([
    ["response_chunk", 4, "late"],
    ["started", 5, "now"],
    ["response_chunk", 6, "now"],
  ]);
  comeback.lost();
  expect(comeback.request(null)).toMatchObject({ session_id: "a", resume_token: "next", last_seq: 6 });
});

it("takes the word that a server leaves for none of the session that it asks for", () => {
  const leaving = (seq: number): ServerMessage => ({ type: "going_away", seq, grace_ms: 5000, reason: "" });
  take(ready("a"), chunk(2), chunk(3), chunk(4));
  comeback.lost();
  expect(take(ready("b"), leaving(2))).toEqual([["going_away", 2, "now"]]);
  comeback.lost();
  expect(comeback.request(null)).toMatchObject({ session_id: "a", last_seq: 4 });
  take(ready("c"), leaving(2));
  expect(take(refused(3))).toEqual([["ready", 1, "now"]]);
});

it("goes on with the new session when the old one is refused", () => {
  take(ready("a"), chunk(2));
  comeback.lost();
  take(ready("b"));
  expect(take(refused(2), started(3, null))).toEqual([
    ["ready", 1, "now"],
    ["started", 3, "now"],
  ]);
  expect(comeback.live).toBe(true);
  comeback.lost();
  expect(comeback.request(null)).toMatchObject({ session_id: "b", last_seq: 3 });
});

it("survives a loss in the middle of coming back", () => {
  take(ready("a"), chunk(2));
  comeback.lost();
  take(ready("b"), chunk(3));
  comeback.lost();
  expect(comeback.request(null)).toMatchObject({ session_id: "a", resume_token: "token of a", last_seq: 3 });
});

it("forgets a session that is over", () => {
  take(ready("a"));
  comeback.over();
  expect(take(ready("b"))).toEqual([["ready", 1, "now"]]);
});

it("has the whole of a session told that another page has left, after a welcome in its name", () => {
  comeback.restore({ sessionId: "a", resumeToken: "left" });
  expect(comeback.request(null)).toEqual({ session_id: "a", resume_token: "left", last_seq: 1, played: null });
  expect(comeback.take(ready("b"))).toEqual([]);
  const [welcome, ...rest] = comeback.take(chunk(2));
  expect(welcome?.message).toMatchObject({ type: "ready", session_id: "a" });
  expect(rest).toEqual([{ message: chunk(2), told: "before" }]);
  expect(take(started(3, "next"))).toEqual([["started", 3, "now"]]);
  expect(comeback.resumable).toEqual({ sessionId: "a", resumeToken: "next" });
});

it("still has the whole of it told where the first connection is lost before an answer", () => {
  comeback.restore({ sessionId: "a", resumeToken: "left" });
  take(ready("b"));
  comeback.lost();
  expect(comeback.request(null)).toMatchObject({ session_id: "a", last_seq: 1 });
  expect(take(ready("c"), chunk(2))).toEqual([
    ["ready", 1, "now"],
    ["response_chunk", 2, "before"],
  ]);
});

it("begins a new session in place of one that is gone for a guest who has begun to talk meanwhile", () => {
  comeback.restore({ sessionId: "a", resumeToken: "left" });
  take(ready("b"));
  comeback.want();
  expect(take(refused(2), started(3, null))).toEqual([
    ["ready", 1, "now"],
    ["started", 3, "now"],
  ]);
  expect([comeback.refused, comeback.live]).toEqual([false, true]);
});

it("begins no new session in place of one that another page has left and that is gone", () => {
  comeback.restore({ sessionId: "a", resumeToken: "left" });
  expect(take(ready("b"), refused(2))).toEqual([]);
  expect([comeback.refused, comeback.live, comeback.resumable]).toEqual([true, false, null]);
  comeback.over();
  expect(take(ready("c"))).toEqual([["ready", 1, "now"]]);
});
