import type { Resumable, Told } from "./pageMessages.ts";
import type { Played, ReadyMessage, Resume, ServerMessage } from "../wire/messages.ts";

/** A message of the session; one that is not told now is of the past. */
export interface Arrival {
  message: ServerMessage;
  told: Told;
}

const REFUSALS: ReadonlySet<string> = new Set(["resume_refused", "resume_lost"]);

type Phase =
  | { name: "new" }
  | { name: "live" }
  /** A connection was lost; the next one asks for the session. `restored`: by another page, this one knows nothing. */
  | { name: "lost"; restored: boolean }
  /** The new connection's own session is known, and up to where it was told; whether the old one goes on is not. */
  | { name: "asking"; ready: ReadyMessage; lastSeq: number; restored: boolean }
  /** The session that another page has left is gone; nobody has asked for a new one. */
  | { name: "refused" }
  /** What was missed is being told again. */
  | { name: "replaying"; told: Told };

/**
 * One session over several connections: what it takes to come back, and which messages belong to it.
 *
 * A connection that resumes begins with the `ready` of a session that is discarded; it is kept back until it is known
 * whether the old session goes on. Then come the missed messages, and `started` ends them.
 */
export class Comeback {
  #phase: Phase = { name: "new" };
  #session: { id: string; token: string } | null = null;
  #lastSeq = 0;
  /** The guest has asked for a conversation since another page's session was found. */
  #wanted = false;

  /** Whether what is sent now is for the session, with nothing to be told before it. */
  get live(): boolean {
    return this.#phase.name === "live";
  }

  /** Whether a session that another page has left cannot be had: the connection is of no use. */
  get refused(): boolean {
    return this.#phase.name === "refused";
  }

  /** What another page would need to go on. */
  get resumable(): Resumable | null {
    return this.#session === null ? null : { sessionId: this.#session.id, resumeToken: this.#session.token };
  }

  /** Another page of this tab has left a session: all of it but its `ready` is to be told again. */
  restore({ sessionId, resumeToken }: Resumable): void {
    this.#session = { id: sessionId, token: resumeToken };
    this.#lastSeq = 1;
    this.#phase = { name: "lost", restored: true };
  }

  /** The guest talks or writes: where the session that another page has left is gone, a new one is begun. */
  want(): void {
    this.#wanted = true;
  }

  /** The connection is gone; the session may go on. */
  lost(): void {
    if (this.#session === null || this.#phase.name === "lost") return;
    this.#phase = { name: "lost", restored: this.#phase.name === "asking" && this.#phase.restored };
  }

  /** The session is over: the next connection begins another. */
  over(): void {
    this.#session = null;
    this.#phase = { name: "new" };
  }

  /** The session to ask for in `start`; null when there is none. */
  request(played: Played | null): Resume | null {
    if (this.#session === null || this.#phase.name !== "lost") return null;
    return { session_id: this.#session.id, resume_token: this.#session.token, last_seq: this.#lastSeq, played };
  }

  /** Takes a message as it comes; what is returned is for the page, in order. */
  take(message: ServerMessage): Arrival[] {
    if (message.type === "ready") return this.#welcome(message);
    if (this.#phase.name === "asking") {
      const { ready, lastSeq, restored } = this.#phase;
      if (message.seq === lastSeq + 1 && message.type === "going_away") {
        this.#phase = { ...this.#phase, lastSeq: message.seq };
        return [{ message, told: "now" }]; // the server leaves, whichever session it means
      }
      if (message.seq === lastSeq + 1 && message.type === "error" && REFUSALS.has(message.code)) {
        return this.#refuse(ready, message.seq, restored);
      }
      this.#phase = { name: "replaying", told: restored ? "before" : "late" };
      if (restored && this.#session !== null) {
        const welcome = { message: { ...ready, session_id: this.#session.id }, told: "now" } as const;
        return [welcome, ...this.take(message)];
      }
    }
    this.#lastSeq = message.seq;
    const told = this.#phase.name === "replaying" ? this.#phase.told : "now";
    if (message.type === "started" && message.resume_token && this.#session !== null) {
      this.#session.token = message.resume_token;
      this.#phase = { name: "live" };
      return [{ message, told: "now" }];
    }
    return [{ message, told }];
  }

  #welcome(ready: ReadyMessage): Arrival[] {
    if (this.#phase.name !== "lost") {
      this.#lastSeq = ready.seq;
      return this.#begin(ready);
    }
    this.#phase = { name: "asking", ready, lastSeq: ready.seq, restored: this.#phase.restored };
    return [];
  }

  #refuse(ready: ReadyMessage, seq: number, restored: boolean): Arrival[] {
    if (restored && !this.#wanted) {
      this.#session = null;
      this.#phase = { name: "refused" };
      return [];
    }
    // The reason is no news to the guest: that the conversation is a new one is.
    this.#lastSeq = seq;
    return this.#begin(ready);
  }

  #begin(ready: ReadyMessage): Arrival[] {
    this.#session = { id: ready.session_id, token: ready.resume_token };
    this.#phase = { name: "live" };
    return [{ message: ready, told: "now" }];
  }
}
