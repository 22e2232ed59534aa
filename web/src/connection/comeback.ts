import type { Played, ReadyMessage, Resume, ServerMessage } from "../wire/messages.ts";

/** A message of the session; one that is told again is of the past. */
export interface Arrival {
  message: ServerMessage;
  replayed: boolean;
}

const REFUSALS: ReadonlySet<string> = new Set(["resume_refused", "resume_lost"]);

type Phase =
  | { name: "new" }
  | { name: "live" }
  /** A connection was lost; the next one asks for the session. */
  | { name: "lost" }
  /** The new connection's own session is known; whether the old one goes on is not. */
  | { name: "asking"; ready: ReadyMessage }
  /** What was missed is being told again. */
  | { name: "replaying" };

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

  /** Whether what is sent now is for the session, with nothing to be told before it. */
  get live(): boolean {
    return this.#phase.name === "live";
  }

  /** The connection is gone; the session may go on. */
  lost(): void {
    if (this.#session !== null) this.#phase = { name: "lost" };
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
      const { ready } = this.#phase;
      if (message.type === "error" && REFUSALS.has(message.code) && message.seq === ready.seq + 1) {
        // The reason is no news to the guest: that the conversation is a new one is.
        this.#lastSeq = message.seq;
        return this.#begin(ready);
      }
      this.#phase = { name: "replaying" };
    }
    this.#lastSeq = message.seq;
    const replayed = this.#phase.name === "replaying";
    if (message.type === "started" && message.resume_token && this.#session !== null) {
      this.#session.token = message.resume_token;
      this.#phase = { name: "live" };
      return [{ message, replayed: false }];
    }
    return [{ message, replayed }];
  }

  #welcome(ready: ReadyMessage): Arrival[] {
    if (this.#phase.name !== "lost") {
      this.#lastSeq = ready.seq;
      return this.#begin(ready);
    }
    this.#phase = { name: "asking", ready };
    return [];
  }

  #begin(ready: ReadyMessage): Arrival[] {
    this.#session = { id: ready.session_id, token: ready.resume_token };
    this.#phase = { name: "live" };
    return [{ message: ready, replayed: false }];
  }
}
