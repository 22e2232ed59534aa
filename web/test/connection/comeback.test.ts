import { beforeEach, expect, it } from "vitest";
import { Comeback } from "../../src/connection/comeback.ts";
import type { ServerMessage } from "../../src/wire/messages.ts";

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
const take = (...messages: ServerMessage[]): [string, number, boolean][] =>
  messages
    .flatMap((message) => comeback.take(message))
    .map(({ message, replayed }) => [message.type, message.seq, replayed]);

beforeEach(() => {
  comeback = new Comeback();
});

it("asks for nothing at the first connection", () => {
  expect(comeback.request(null)).toBeNull();
  expect(take(ready("a"), started(2, null), chunk(3))).toEqual([
    ["ready", 1, false],
    ["started", 2, false],
    ["response_chunk", 3, false],
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
    ["response_chunk", 4, true],
    ["started", 5, false],
    ["response_chunk", 6, false],
  ]);
  comeback.lost();
  expect(comeback.request(null)).toMatchObject({ session_id: "a", resume_token: "next", last_seq: 6 });
});

it("goes on with the new session when the old one is refused", () => {
  take(ready("a"), chunk(2));
  comeback.lost();
  take(ready("b"));
  expect(take(refused(2), started(3, null))).toEqual([
    ["ready", 1, false],
    ["started", 3, false],
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
  expect(take(ready("b"))).toEqual([["ready", 1, false]]);
});
