import { beforeEach, describe, expect, it } from "vitest";
import { waitBefore } from "../../src/connection/backoff.ts";
import { Link, type Socket, type World } from "../../src/connection/link.ts";
import type { LinkStatus } from "../../src/connection/pageMessages.ts";

class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  readyState = 1;
  onopen = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  readonly sent: (string | ArrayBuffer)[] = [];
  closed: number | undefined;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }
  send(data: string | ArrayBuffer): void {
    this.sent.push(data);
  }
  close(code?: number): void {
    this.closed = code;
  }
  ready(): void {
    this.onmessage?.({ data: '{"type":"ready"}' } as MessageEvent);
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
  const world: World = {
    connect: (url) => {
      const socket = new FakeSocket(url);
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
});
