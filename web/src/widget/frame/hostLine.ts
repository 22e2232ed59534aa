import { CONNECT, HELLO, type Host, type ToElement, type ToFrame } from "../messages.ts";
import { readMessage } from "./checks.ts";

/** The origin of the page that says it frames us; null when none is named. */
export function namedHost(address: string): string | null {
  try {
    const { origin } = new URL(new URL(address).searchParams.get("host") ?? "");
    return origin === "null" ? null : origin;
  } catch {
    return null;
  }
}

/** What is for the panel; tokens come as answers. */
export type Order = Exclude<ToFrame, { type: "token" }>;

/**
 * The frame's end of the line to the element around it.
 *
 * The browser lets only listed origins frame this page (`frame-ancestors`); of those it speaks to the one that its
 * address names, and only if that is the page that frames it: `hello` is delivered to no other.
 */
export class HostLine {
  readonly #parent: Window;
  readonly #origin: string;
  readonly #follow: (message: Order) => void;
  readonly #tokens = new Map<number, (token: string | null) => void>();
  #port: MessagePort | null = null;
  #lastId = 0;
  #host: Host | null = null;

  /** @param follow hears what the element says, once it has been checked. */
  constructor(parent: Window, origin: string, follow: (message: Order) => void) {
    this.#parent = parent;
    this.#origin = origin;
    this.#follow = follow;
    addEventListener("message", this.#onMessage);
    parent.postMessage(HELLO, origin);
  }

  /** What the host's page has told; null until it has. */
  get host(): Host | null {
    return this.#host;
  }

  tell(message: ToElement): void {
    this.#port?.postMessage(message);
  }

  /** A session token from the host's page; null when it gets none for us. */
  token(): Promise<string | null> {
    if (this.#port === null || this.#host?.tokens !== true) return Promise.resolve(null);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#tokens.set(id, resolve);
      this.tell({ type: "token_wanted", id });
    });
  }

  readonly #onMessage = (event: MessageEvent): void => {
    const [port] = event.ports;
    if (event.source !== this.#parent || event.origin !== this.#origin || event.data !== CONNECT) return;
    if (port === undefined || this.#port !== null) return;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent) => {
      const message = readMessage(data);
      if (message === null) console.warn("A message of the page around this one was not understood.");
      else this.#take(message);
    };
  };

  #take(message: ToFrame): void {
    if (message.type === "host") this.#host = message.host;
    if (message.type === "token") {
      this.#tokens.get(message.id)?.(message.token);
      this.#tokens.delete(message.id);
    } else {
      this.#follow(message);
    }
  }
}
