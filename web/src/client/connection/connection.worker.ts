/**
 * The connection worker: owns the WebSocket and stands between it, the two ends of the sound and the page.
 *
 * Audio goes capture → here → socket and socket → here → playback, never through the page's thread, which may be busy.
 * The page sends `WorkerCommand`, `set_up` first, and gets `WorkerEvent`.
 */
import { Connection } from "./connection.ts";
import type { World } from "./link.ts";
import type { SetUp, WorkerCommand, WorkerEvent } from "./pageMessages.ts";
import { TokenDesk } from "./tokenDesk.ts";

const FULL = 503;

const scope = globalThis as unknown as { postMessage(message: WorkerEvent): void; close(): void };
const desk = new TokenDesk(() => {
  tell({ type: "token_wanted" });
});
let connection: Connection | null = null;

function tell(event: WorkerEvent): void {
  scope.postMessage(event);
}

function worldOf({ healthUrl, asksForTokens, trial }: SetUp): World {
  return {
    connect: (url, subprotocols) => new WebSocket(url, subprotocols),
    ...(trial === null ? {} : { trial }),
    ...(asksForTokens ? { token: () => desk.next() } : {}),
    health: async () => {
      try {
        const response = await fetch(healthUrl, { cache: "no-store" });
        if (response.status !== FULL) return { state: "up" };
        const { status } = (await response.json()) as { status?: string };
        if (status === "starting") return { state: "up" };
        const seconds = Number(response.headers.get("Retry-After"));
        return { state: "full", retryAfterSeconds: seconds > 0 ? seconds : 15 };
      } catch {
        // No answer, or none that makes sense, is what "down" means; there is nothing else to tell.
        return { state: "down" };
      }
    },
    random: () => Math.random(),
    setTimer: (callback, ms) => setTimeout(callback, ms),
    clearTimer: (timer) => {
      clearTimeout(timer);
    },
  };
}

globalThis.onmessage = ({ data }: MessageEvent<WorkerCommand>) => {
  switch (data.type) {
    case "set_up":
      connection ??= new Connection(data, worldOf(data), tell);
      break;
    case "token":
      desk.give(data);
      break;
    case "end":
      connection?.end();
      scope.close();
      break;
    default:
      connection?.obey(data);
  }
};
