import { ClientError, type RefusalCode } from "./api.ts";
import type { ErrorCode, ServerMessage } from "./wire/messages.ts";

type Type = ServerMessage["type"];
type Message<Name extends Type> = Extract<ServerMessage, { type: Name }>;
/** Errors of the server that refuse what was asked for. */
type Refusal = Extract<ErrorCode, RefusalCode>;

interface Waiting {
  type: Type;
  refusal: Refusal | null;
  resolve(message: ServerMessage): void;
  reject(error: Error): void;
}

/** Messages that somebody waits for. */
export class Replies {
  readonly #withinMs: number;
  readonly #waiting = new Set<Waiting>();

  /** @param withinMs how long a reply may take. */
  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /**
   * The next message of a type; rejects when it does not come in time or the connection is lost.
   *
   * @param refusal code of the `error` that comes in its place when it cannot be.
   */
  next<Name extends Type>(type: Name, refusal: Refusal | null = null): Promise<Message<Name>> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        type,
        refusal,
        resolve: (message) => {
          this.#done(waiting, timer);
          resolve(message as Message<Name>);
        },
        reject: (error) => {
          this.#done(waiting, timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        waiting.reject(new ClientError("no_answer", `The server did not answer with "${type}"; try again.`));
      }, this.#withinMs);
      this.#waiting.add(waiting);
    });
  }

  /** Gives a message to those who wait for its type. */
  message(message: ServerMessage): void {
    for (const waiting of [...this.#waiting]) {
      if (waiting.type === message.type) waiting.resolve(message);
      else if (message.type === "error" && message.code === waiting.refusal) {
        waiting.reject(new ClientError(message.code, message.message));
      }
    }
  }

  /** The connection is gone: nothing that was asked for will come. */
  drop(): void {
    for (const waiting of [...this.#waiting]) {
      waiting.reject(new ClientError("connection_lost", "The connection was lost; try again."));
    }
  }

  #done(waiting: Waiting, timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer);
    this.#waiting.delete(waiting);
  }
}
