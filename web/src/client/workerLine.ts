import type { AudioGraph } from "./audio/graph.ts";
import type { ClientOptions } from "./api.ts";
import type { Resumable, SessionSettings, WorkerCommand, WorkerEvent } from "./connection/pageMessages.ts";

/** The page's end of the connection worker. */
export class WorkerLine {
  readonly #worker: Worker;
  readonly #token: ClientOptions["token"];
  /** So many commands to connect were given. */
  #asked = 0;

  /**
   * Starts the worker and joins it to the ends of the sound; it connects when it is told to.
   *
   * @param follow told what happens.
   */
  constructor(
    options: ClientOptions,
    graph: AudioGraph,
    settings: SessionSettings,
    resume: Resumable | null,
    follow: (event: WorkerEvent) => void,
  ) {
    this.#token = options.token;
    this.#worker = new Worker(`${options.base}worker.js`);
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerEvent>) => {
      if (data.type === "token_wanted") void this.#giveToken();
      else if (!this.#overtaken(data)) follow(data);
    };
    const { capture, playback } = graph.ports;
    const { url, healthUrl } = options;
    const asksForTokens = options.token !== undefined;
    const { sampleRate } = graph.context;
    const trial = options.trial ?? null;
    const setUp = { url, healthUrl, asksForTokens, trial, settings, resume, capture, playback, sampleRate };
    this.command({ type: "set_up", ...setUp }, [capture, playback]);
  }

  /** Connects; `wanted` by the guest, or only to go on with the session that another page has left. */
  connect({ wanted }: { wanted: boolean }): void {
    this.#asked += 1;
    this.command({ type: "connect", wanted, asked: this.#asked });
  }

  command(command: WorkerCommand, transfer: Transferable[] = []): void {
    this.#worker.postMessage(command, transfer);
  }

  /** Closes the connection; the worker ends with it. */
  end(): void {
    this.command({ type: "end" });
    this.#worker.onmessage = null;
  }

  /** Whether it tells the end of a connection after which another was asked for: that one's news is on its way. */
  #overtaken(event: WorkerEvent): boolean {
    if (event.type !== "link" || event.asked === this.#asked) return false;
    return event.status.state === "closed" || event.status.state === "full";
  }

  async #giveToken(): Promise<void> {
    try {
      this.command({ type: "token", token: (await this.#token?.()) ?? null, failed: false });
    } catch {
      // The attempt fails, and is made again like any other that did.
      this.command({ type: "token", token: null, failed: true });
    }
  }
}
