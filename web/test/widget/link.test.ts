import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FrameLink, type Told } from "../../src/widget/link.ts";
import { CONNECT, HELLO, type ToFrame } from "../../src/widget/messages.ts";

const OURS = "https://voz.example.com";

type Listener = (event: unknown) => void;

/** A page with one frame; the other end of the port is `ports.at(-1)`. */
function page(): { listeners: Set<Listener>; ports: MessagePort[]; frame: HTMLIFrameElement; hello: Listener } {
  const listeners = new Set<Listener>();
  const ports: MessagePort[] = [];
  vi.stubGlobal("addEventListener", (_: string, listener: Listener) => listeners.add(listener));
  vi.stubGlobal("removeEventListener", (_: string, listener: Listener) => listeners.delete(listener));
  const contentWindow = {
    postMessage: (message: unknown, origin: string, [port]: MessagePort[]) => {
      expect([message, origin]).toEqual([CONNECT, OURS]);
      if (port !== undefined) ports.push(port);
    },
  };
  const hello: Listener = (changes) => {
    const event = { source: contentWindow, origin: OURS, data: HELLO, ...(changes as object) };
    for (const listener of [...listeners]) listener(event);
  };
  return { listeners, ports, frame: { contentWindow } as unknown as HTMLIFrameElement, hello };
}

/** What comes through a port, as it comes. */
function heard(port: MessagePort | undefined, count: number): Promise<ToFrame[]> {
  return new Promise((resolve) => {
    const messages: ToFrame[] = [];
    if (port === undefined) throw new Error("no port");
    port.onmessage = ({ data }: MessageEvent<ToFrame>) => {
      messages.push(data);
      if (messages.length === count) resolve(messages);
    };
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("answers the hello of its own frame and of nothing else", () => {
  const { ports, frame, hello } = page();
  const told: Told[] = [];
  const link = new FrameLink(frame, OURS, (message) => told.push(message));
  hello({ source: {} });
  hello({ origin: "https://evil.example" });
  hello({ data: "hello" });
  expect(ports).toHaveLength(0);
  hello({});
  expect(ports).toHaveLength(1);
  expect(told).toEqual([{ type: "connected" }]);
  link.close("over");
});

it("makes calls that came before the panel once it is there", async () => {
  const { ports, frame, hello } = page();
  const link = new FrameLink(frame, OURS, () => undefined);
  const status = link.call("client", "getStatus", []);
  const refused = link.call("client", "sendText", [7]);
  hello({});
  const [first, second] = await heard(ports[0], 2);
  expect(first).toEqual({ type: "call", id: 1, target: "client", method: "getStatus", args: [] });
  expect(second).toMatchObject({ id: 2, method: "sendText" });
  ports[0]?.postMessage({ type: "result", id: 1, value: { phase: "idle" } });
  ports[0]?.postMessage({ type: "failure", id: 2, name: "TypeError", message: "no", code: "denied" });
  await expect(status).resolves.toEqual({ phase: "idle" });
  await expect(refused).rejects.toMatchObject({ name: "TypeError", message: "no", code: "denied" });
  link.close("over");
});

it("gives up on a panel that does not come, and rejects what waits", async () => {
  const { listeners, frame } = page();
  const told: Told[] = [];
  const link = new FrameLink(frame, OURS, (message) => told.push(message));
  const waiting = expect(link.call("client", "getStatus", [])).rejects.toThrow("did not load");
  vi.advanceTimersByTime(15_000);
  await waiting;
  expect(told).toEqual([{ type: "failed", why: "late" }]);
  await expect(link.call("client", "getStatus", [])).rejects.toThrow("did not load");
  expect(listeners.size).toBe(0);
});

it("lets only so many calls wait", async () => {
  const { frame } = page();
  const link = new FrameLink(frame, OURS, () => undefined);
  const waiting = Array.from({ length: 64 }, () => link.call("client", "getStatus", []));
  await expect(link.call("client", "getStatus", [])).rejects.toThrow("Too many");
  link.close("over");
  for (const result of await Promise.allSettled(waiting)) expect(result.status).toBe("rejected");
  expect(vi.getTimerCount()).toBe(0);
});

it("begins anew with a page that was loaded anew", async () => {
  const { ports, frame, hello } = page();
  const told: Told[] = [];
  const link = new FrameLink(frame, OURS, (message) => told.push(message));
  hello({});
  const lost = expect(link.call("client", "getStatus", [])).rejects.toThrow("anew");
  hello({});
  await lost;
  const again = link.call("client", "getStatus", []);
  await heard(ports[1], 1);
  ports[1]?.postMessage({ type: "result", id: 2, value: "idle" });
  await expect(again).resolves.toBe("idle");
  expect(told).toEqual([{ type: "connected" }, { type: "connected" }]);
  link.close("over");
});
