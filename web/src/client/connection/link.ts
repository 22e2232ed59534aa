import { CLOSE_CODES, type ClientMessage, type ServerMessage, SUBPROTOCOL } from "../wire/messages.ts";
import { MOST_ATTEMPTS, MOST_ATTEMPTS_AT_A_RESTART, MOST_FIRST_ATTEMPTS, waitBefore } from "./backoff.ts";
import type { EndReason, LinkStatus } from "./pageMessages.ts";

/** What a link needs of a WebSocket. */
export interface Socket {
  binaryType: BinaryType;
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  send(data: string | ArrayBuffer): void;
  close(code?: number): void;
}

/** What a link needs of the world, so that tests can be the world. */
export interface World {
  connect(url: string, subprotocols: string[]): Socket;
  /** Name of an owner's trial to talk with; absent for guests. */
  trial?: string;
  /** A session token for the next attempt, null for none; absent where none is needed. */
  token?: () => Promise<string | null>;
  /** Asks the health page: `full` with a wait in seconds, `up`, or `down` when nothing answers. */
  health(): Promise<{ state: "up" | "down" } | { state: "full"; retryAfterSeconds: number }>;
  random(): number;
  setTimer(callback: () => void, ms: number): number;
  clearTimer(timer: number): void;
}

/** Told by a link. */
export interface LinkListener {
  status(status: LinkStatus): void;
  message(message: ServerMessage): void;
  audio(bytes: ArrayBuffer): void;
  /** The connection ended: for good, or until it comes back. */
  dropped(forGood: boolean): void;
}

const OPEN = 1;
const DEFAULT_RETRY_AFTER_SECONDS = 15;

/** What comes before a session token that travels as a subprotocol: an address is logged, a subprotocol is not. */
const TOKEN_PREFIX = "token.";
/** What comes before the name of an owner's trial. */
const TRIAL_PREFIX = "trial.";

/** Codes after which coming back by itself would be wrong. */
const FINAL: ReadonlyMap<number, EndReason> = new Map([
  [CLOSE_CODES.NORMAL, "closed"],
  [CLOSE_CODES.POLICY, "refused"],
  [CLOSE_CODES.IDLE, "idle"],
  [CLOSE_CODES.SESSION_OVER, "session_over"],
  [CLOSE_CODES.BUDGET_SPENT, "budget_spent"],
  [CLOSE_CODES.REPLACED, "replaced"],
]);

/**
 * One connection to the server that comes back when it is lost.
 *
 * Text waits until the session is ready; audio never waits here (`sendAudio` says whether it went out).
 */
export class Link {
  readonly #world: World;
  readonly #listener: LinkListener;
  readonly #url: () => string;
  readonly #greeting: () => ClientMessage;
  #socket: Socket | null = null;
  #status: LinkStatus["state"] = "closed";
  #ready = false;
  #everReady = false;
  #attempt = 0;
  /** Whether the server has said that it restarts, and has not been back since: nobody else is let in meanwhile. */
  #restarting = false;
  /** Counts `open` and `close`, so that what was awaited before them does nothing after. */
  #epoch = 0;
  #timer: number | null = null;
  #waiting: ClientMessage[] = [];

  /**
   * @param world sockets, timers and chance.
   * @param listener told what happens.
   * @param url where to connect, asked at each attempt.
   * @param greeting the first message of a session, asked at each `ready`.
   */
  constructor(world: World, listener: LinkListener, url: () => string, greeting: () => ClientMessage) {
    this.#world = world;
    this.#listener = listener;
    this.#url = url;
    this.#greeting = greeting;
  }

  /** Connects now, unless a connection is there or on its way. */
  open(): void {
    if (this.#status !== "closed" && this.#status !== "full") return;
    this.#stopTimer();
    this.#epoch += 1;
    this.#attempt = 0;
    this.#everReady = false;
    this.#restarting = false;
    this.#tell({ state: "connecting" });
    void this.#connect();
  }

  /** Gives a connection up that carries nothing any more, and makes another. */
  restart(): void {
    const socket = this.#socket;
    if (socket === null) return;
    this.#lost(null);
    socket.close();
  }

  /** Whether a session is open over it. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Sends a message, or keeps it until the session is ready. */
  send(message: ClientMessage): void {
    if (this.#ready) this.#socket?.send(JSON.stringify(message));
    else this.#waiting.push(message);
  }

  /** Sends a message if the session is ready, and forgets it otherwise. */
  sendNow(message: ClientMessage): void {
    if (this.#ready) this.#socket?.send(JSON.stringify(message));
  }

  /** Sends audio; false when the session is not ready. */
  sendAudio(bytes: ArrayBuffer): boolean {
    if (!this.#ready || this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(bytes);
    return true;
  }

  /** Ends the connection for good. */
  close(): void {
    this.#stopTimer();
    this.#epoch += 1;
    const socket = this.#socket;
    this.#forget();
    socket?.close(CLOSE_CODES.NORMAL);
    this.#end({ state: "closed", reason: "closed" });
  }

  async #connect(): Promise<void> {
    let token: string | null = null;
    if (this.#world.token !== undefined) {
      const epoch = this.#epoch;
      const given = await this.#world.token().catch(() => undefined);
      if (epoch !== this.#epoch) return;
      if (given === undefined) {
        void this.#comeBack();
        return;
      }
      token = given;
    }
    const { trial } = this.#world;
    const asked = [
      ...(token === null ? [] : [TOKEN_PREFIX + token]),
      ...(trial === undefined ? [] : [TRIAL_PREFIX + trial]),
    ];
    const socket = this.#world.connect(this.#url(), asked.length === 0 ? [] : [SUBPROTOCOL, ...asked]);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => {
      if (socket === this.#socket) this.#receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    };
  }

  #receive(data: unknown): void {
    if (data instanceof ArrayBuffer) {
      this.#listener.audio(data);
      return;
    }
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === "ready") this.#welcome();
    else if (message.type === "going_away") this.#restarting = true;
    this.#listener.message(message);
    // Who follows the status knows the session by then: nothing is told of one that is open and has no name yet.
    if (message.type === "ready") this.#tell({ state: "open" });
  }

  #welcome(): void {
    this.#ready = true;
    this.#everReady = true;
    this.#restarting = false;
    this.#attempt = 0;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of [this.#greeting(), ...waiting]) this.send(message);
  }

  /** @param code null when it was given up here. */
  #lost(code: number | null): void {
    this.#forget();
    this.#restarting ||= code === CLOSE_CODES.RESTARTING;
    const reason = code === null ? undefined : FINAL.get(code);
    this.#listener.dropped(reason !== undefined || code === CLOSE_CODES.TRY_AGAIN_LATER);
    if (reason !== undefined) this.#end({ state: "closed", reason });
    else if (code === CLOSE_CODES.TRY_AGAIN_LATER) {
      this.#end({ state: "full", retryAfterSeconds: DEFAULT_RETRY_AFTER_SECONDS });
    } else void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    this.#attempt += 1;
    const attempt = this.#attempt;
    const epoch = this.#epoch;
    if (this.#everReady) this.#tell({ state: "reconnecting", attempt });
    // A refusal before the upgrade reaches a page as a bare failure; the health page knows more.
    const health = await this.#world.health();
    if (epoch !== this.#epoch) return;
    if (health.state === "full" && !this.#restarting) {
      this.#end({ state: "full", retryAfterSeconds: health.retryAfterSeconds });
    } else if (attempt >= this.#mostAttempts()) {
      this.#end({ state: "closed", reason: "unreachable" });
    } else {
      this.#timer = this.#world.setTimer(
        () => {
          this.#timer = null;
          void this.#connect();
        },
        waitBefore(attempt, this.#world.random()),
      );
    }
  }

  #mostAttempts(): number {
    if (this.#restarting) return MOST_ATTEMPTS_AT_A_RESTART;
    return this.#everReady ? MOST_ATTEMPTS : MOST_FIRST_ATTEMPTS;
  }

  #end(status: LinkStatus): void {
    // A typed message must not be answered minutes later, in another conversation.
    this.#waiting = [];
    this.#tell(status);
  }

  #tell(status: LinkStatus): void {
    this.#status = status.state;
    this.#listener.status(status);
  }

  #forget(): void {
    if (this.#socket !== null) {
      this.#socket.onmessage = null;
      this.#socket.onclose = null;
    }
    this.#socket = null;
    this.#ready = false;
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#world.clearTimer(this.#timer);
    this.#timer = null;
  }
}
