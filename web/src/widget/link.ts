import { CONNECT, HELLO, type ToElement, type ToFrame } from "./messages.ts";

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type State =
  /** The frame loads; what is asked of it waits. */
  { state: "waiting"; queue: ToFrame[] } | { state: "open"; port: MessagePort } | { state: "closed"; why: string };

/** What the element hears of its frame. */
export type Told =
  | Exclude<ToElement, { type: "result" | "failure" }>
  /** The panel is there, for the first time or anew: whatever it must know has to be said. */
  | { type: "connected" }
  /** It will not come. */
  | { type: "failed"; why: "late" | "forbidden" };

/** A panel that has not said hello by then will not come, ms. */
const HELLO_WITHIN_MS = 15_000;
/** Calls that may wait for the panel to load; more are refused. */
const LONGEST_QUEUE = 64;

/** The element's end of the line to the page in its frame. */
export class FrameLink {
  readonly #frame: HTMLIFrameElement;
  readonly #origin: string;
  readonly #follow: (told: Told) => void;
  readonly #calls = new Map<number, Call>();
  readonly #timer: ReturnType<typeof setTimeout>;
  #state: State = { state: "waiting", queue: [] };
  #lastId = 0;

  /** @param origin of our page; nothing is said to another, and nothing of another is heard. */
  constructor(frame: HTMLIFrameElement, origin: string, follow: (told: Told) => void) {
    this.#frame = frame;
    this.#origin = origin;
    this.#follow = follow;
    this.#timer = setTimeout(() => {
      this.fail("late");
    }, HELLO_WITHIN_MS);
    addEventListener("message", this.#onMessage);
  }

  /** Says something that a panel only needs to hear when it is there. */
  tell(message: ToFrame): void {
    if (this.#state.state === "open") this.#state.port.postMessage(message);
  }

  /** Calls a method of our page; rejects when the panel does not come, or goes. */
  call(target: string, method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#send({ type: "call", id, target, method, args }); // throws for what cannot be sent, which rejects
      this.#calls.set(id, { resolve, reject });
    });
  }

  #send(message: ToFrame): void {
    if (this.#state.state === "closed") throw new Error(this.#state.why);
    if (this.#state.state === "open") this.#state.port.postMessage(message);
    else if (this.#state.queue.push(message) > LONGEST_QUEUE) {
      this.#state.queue.pop();
      throw new Error("Too many calls wait for the panel.");
    }
  }

  /** Gives up waiting for it, and says so. */
  fail(why: "late" | "forbidden"): void {
    if (this.#state.state !== "waiting") return;
    this.close("The panel did not load.");
    this.#follow({ type: "failed", why });
  }

  /** Ends it; calls that wait are rejected with the reason. */
  close(why: string): void {
    clearTimeout(this.#timer);
    removeEventListener("message", this.#onMessage);
    if (this.#state.state === "open") this.#state.port.close();
    this.#state = { state: "closed", why };
    this.#rejectAll(why);
  }

  readonly #onMessage = (event: MessageEvent): void => {
    if (event.source !== this.#frame.contentWindow || event.origin !== this.#origin || event.data !== HELLO) return;
    clearTimeout(this.#timer);
    const { port1, port2 } = new MessageChannel();
    const queue = this.#state.state === "waiting" ? this.#state.queue : [];
    if (this.#state.state === "open") {
      // The page in the frame was loaded anew: what the old one was asked will not be answered.
      this.#state.port.close();
      this.#rejectAll("The panel was loaded anew.");
    }
    this.#state = { state: "open", port: port1 };
    port1.onmessage = ({ data }: MessageEvent<ToElement>) => {
      this.#take(data);
    };
    this.#frame.contentWindow?.postMessage(CONNECT, this.#origin, [port2]);
    this.#follow({ type: "connected" });
    for (const message of queue) port1.postMessage(message);
  };

  #take(message: ToElement): void {
    if (message.type !== "result" && message.type !== "failure") {
      this.#follow(message);
      return;
    }
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (message.type === "result") call?.resolve(message.value);
    else call?.reject(Object.assign(new Error(message.message), { name: message.name, code: message.code }));
  }

  #rejectAll(why: string): void {
    for (const call of this.#calls.values()) call.reject(new Error(why));
    this.#calls.clear();
  }
}
