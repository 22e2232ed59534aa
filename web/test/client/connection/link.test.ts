import { beforeEach, describe, expect, it } from "vitest";
import { MOST_ATTEMPTS_AT_A_RESTART, waitBefore } from "../../../src/client/connection/backoff.ts";
import { Link, type Socket, type World } from "../../../src/client/connection/link.ts";
import type { LinkStatus } from "../../../src/client/connection/pageMessages.ts";

class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  readyState = 1;
  onopen = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  readonly sent: (string | ArrayBuffer)[] = [];
  closed: number | null | undefined;
  readonly url: string;
  readonly subprotocols: string[];

  constructor(url: string, subprotocols: string[]) {
    this.url = url;
    this.subprotocols = subprotocols;
  }
  send(data: string | ArrayBuffer): void {
    this.sent.push(data);
  }
  close(code?: number): void {
    this.closed = code ?? null;
  }
  ready(): void {
    this.tell({ type: "ready" });
  }
  tell(message: { type: string; [field: string]: unknown }): void {
    this.onmessage?.({ data: JSON.stringify(message) } as MessageEvent);
  }
  drop(code: number): void {
    this.onclose?.({ code } as CloseEvent);
  }
}

let sockets: FakeSocket[];
let statuses: LinkStatus[];
let timers: { callback: () => void; ms: number }[];
let health: Awaited<ReturnType<World["health"]>>;
let audio: ArrayBuffer[];
let link: Link;
let world: World;

const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));
const last = (): FakeSocket => {
  const socket = sockets.at(-1);
  if (socket === undefined) throw new Error("nothing connected");
  return socket;
};
const states = (): string[] => statuses.map((status) => status.state);

beforeEach(() => {
  [sockets, statuses, timers, audio] = [[], [], [], []];
  health = { state: "up" };
  world = {
    connect: (url, subprotocols) => {
      const socket = new FakeSocket(url, subprotocols);
      sockets.push(socket);
      return socket;
    },
    health: () => Promise.resolve(health),
    random: () => 0,
    setTimer: (callback, ms) => timers.push({ callback, ms }),
    clearTimer: (timer) => {
      timers.splice(timer - 1, 1);
    },
  };
  const listener = {
    status: (status: LinkStatus) => void statuses.push(status),
    message: () => undefined,
    audio: (bytes: ArrayBuffer) => void audio.push(bytes),
    dropped: () => undefined,
  };
  link = new Link(
    world,
    listener,
    () => "ws://x",
    () => ({ type: "start", language: "es" }),
  );
});

describe("Link", () => {
  it("greets first, then says what waited, and sends audio only when it is ready", () => {
    link.open();
    link.send({ type: "text", text: "hola" });
    link.sendNow({ type: "interrupt" });
    expect(link.sendAudio(new ArrayBuffer(2))).toBe(false);
    last().ready();
    expect(last().sent).toEqual(['{"type":"start","language":"es"}', '{"type":"text","text":"hola"}']);
    expect(link.sendAudio(new ArrayBuffer(2))).toBe(true);
    expect(states()).toEqual(["connecting", "open"]);
  });

  it("hands audio on as it is", () => {
    link.open();
    const bytes = new ArrayBuffer(4);
    last().onmessage?.({ data: bytes } as MessageEvent);
    expect(audio).toEqual([bytes]);
  });

  it("comes back after a loss, later and later, and gives up after seven tries", async () => {
    link.open();
    last().ready();
    for (let i = 0; i < 7; i += 1) {
      last().drop(1006);
      await settle();
      timers.pop()?.callback();
    }
    expect(sockets).toHaveLength(7);
    expect(statuses.filter((s) => s.state === "reconnecting").map((s) => s.attempt)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(statuses.at(-1)).toEqual({ state: "closed", reason: "unreachable" });
    link.open();
    last().ready();
    expect(states().slice(-2)).toEqual(["connecting", "open"]);
  });

  it("begins counting anew once it was ready", async () => {
    link.open();
    for (let i = 0; i < 20; i += 1) {
      last().ready();
      last().drop(1001);
      await settle();
      expect(timers.at(-1)?.ms).toBe(125);
      timers.pop()?.callback();
    }
    expect(states()).not.toContain("closed");
  });

  it.each([
    [1000, "closed"],
    [1008, "refused"],
    [4000, "idle"],
    [4001, "session_over"],
    [4002, "budget_spent"],
    [4003, "replaced"],
  ])("does not come back by itself after %i", async (code, reason) => {
    link.open();
    last().ready();
    last().drop(code);
    await settle();
    expect(statuses.at(-1)).toEqual({ state: "closed", reason });
    expect(timers).toEqual([]);
  });

  it("says when a full server is worth another try", async () => {
    link.open();
    last().drop(1013);
    expect(statuses.at(-1)).toEqual({ state: "full", retryAfterSeconds: 15 });
    health = { state: "full", retryAfterSeconds: 4 };
    link.open();
    last().drop(1006);
    await settle();
    expect(statuses.at(-1)).toEqual({ state: "full", retryAfterSeconds: 4 });
  });

  it.each([
    ["said so before", [{ type: "going_away", grace_ms: 10_000, reason: "restart" }], 1006],
    ["says so with the close", [], 1012],
  ])("waits longer for a server that restarts and %s, though it lets nobody in", async (_, told, code) => {
    link.open();
    last().ready();
    for (const message of told) last().tell(message);
    health = { state: "full", retryAfterSeconds: 10 };
    for (let attempt = 1; attempt < MOST_ATTEMPTS_AT_A_RESTART; attempt += 1) {
      last().drop(attempt === 1 ? code : 1006);
      await settle();
      expect(statuses.at(-1)).toEqual({ state: "reconnecting", attempt });
      timers.at(-1)?.callback();
    }
    last().ready();
    expect(states().at(-1)).toBe("open");
    last().drop(1006);
    await settle();
    expect(statuses.at(-1)).toEqual({ state: "full", retryAfterSeconds: 10 });
  });

  it("forgets what waited when there is no connection to be had", async () => {
    link.open();
    link.send({ type: "text", text: "old" });
    last().drop(1013);
    await settle();
    link.open();
    last().ready();
    expect(last().sent).toEqual(['{"type":"start","language":"es"}']);
  });

  it("stays closed when the guest closed it while it was coming back", async () => {
    link.open();
    last().ready();
    last().drop(1006);
    link.close();
    await settle();
    expect(timers).toEqual([]);
    expect(statuses.at(-1)).toEqual({ state: "closed", reason: "closed" });
  });
});

describe("waitBefore", () => {
  it("doubles from 250 ms to 8 s, the upper half by chance", () => {
    expect([1, 2, 3, 6, 7, 20].map((attempt) => waitBefore(attempt, 1))).toEqual([250, 500, 1000, 8000, 8000, 8000]);
    expect(waitBefore(1, 0)).toBe(125);
  });

  it("makes another connection in place of one that carries nothing, and hears no more of that", async () => {
    link.open();
    last().ready();
    const stale = last();
    link.restart();
    expect(stale.closed).toBeNull();
    expect([link.ready, states().at(-1)]).toEqual([false, "reconnecting"]);
    stale.onmessage?.({ data: new ArrayBuffer(2) } as MessageEvent);
    expect(audio).toEqual([]);
    await settle();
    timers.pop()?.callback();
    last().ready();
    expect(sockets).toHaveLength(2);
    expect(states().at(-1)).toBe("open");
  });

  it("changes nothing when it is opened while it comes back", () => {
    link.open();
    last().ready();
    last().drop(1006);
    link.open();
    expect(states()).toEqual(["connecting", "open", "reconnecting"]);
  });

  it("shows a fresh token at each attempt, beside the protocol's name, and none in the address", async () => {
    const tokens = ["a", "b"];
    world.token = () => Promise.resolve(tokens.shift() ?? null);
    link.open();
    await settle();
    last().ready();
    last().drop(1006);
    await settle();
    timers.pop()?.callback();
    await settle();
    expect(sockets.map(({ subprotocols }) => subprotocols)).toEqual([
      ["enterprise-stream.v1", "token.a"],
      ["enterprise-stream.v1", "token.b"],
    ]);
    expect(sockets[1]?.url).not.toContain("b");
  });

  it("takes a token that cannot be had for an attempt that failed", async () => {
    world.token = () => Promise.reject(new Error("no"));
    link.open();
    for (let i = 0; i < 3; i += 1) {
      await settle();
      timers.pop()?.callback();
    }
    await settle();
    expect(sockets).toEqual([]);
    expect(statuses.at(-1)).toEqual({ state: "closed", reason: "unreachable" });
  });
});
