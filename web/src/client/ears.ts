import type { AudioGraph } from "./audio/graph.ts";
import { mediaDevices, MicrophoneError, onDeviceChange } from "./microphone.ts";
import { microphoneAfterChange, microphonesOf, type MicrophoneChoice } from "./microphones.ts";
import type { MicrophoneState } from "./state.ts";

/** What the ears tell. */
export interface EarsListener {
  microphone(microphone: MicrophoneState): void;
  microphones(choices: MicrophoneChoice[]): void;
}

/**
 * The microphone: opened, changed while it is open, followed as devices come and go, given back.
 *
 * A change puts another track into the same graph; the conversation does not notice.
 */
export class Ears {
  readonly #listener: EarsListener;
  /** Counts openings and closings, so that a microphone granted after "stop" is given back. */
  #wish = 0;
  #graph: AudioGraph | null = null;
  #chosen: string | null = null;
  readonly #stopFollowing: () => void;

  constructor(listener: EarsListener) {
    this.#listener = listener;
    this.#stopFollowing = onDeviceChange(() => void this.#devicesChanged());
  }

  /**
   * Opens the microphone; resolves when it is open, or was closed meanwhile.
   *
   * @param waking the graph, as soon as it may be used.
   * @throws MicrophoneError when there is none, and whatever keeps the graph from working.
   */
  async open(waking: Promise<AudioGraph>): Promise<void> {
    this.#wish += 1;
    const wish = this.#wish;
    this.#listener.microphone({ state: "asking" });
    try {
      const graph = await waking;
      if (wish !== this.#wish) return;
      this.#graph = graph;
      await this.#openIn(graph);
    } catch (error) {
      if (wish === this.#wish) this.#listener.microphone(failureOf(error));
      throw error;
    }
    if (wish === this.#wish) this.#listener.microphone({ state: "on" });
    await this.list();
  }

  /** Gives the microphone back. */
  close(): void {
    this.#wish += 1;
    this.#graph?.closeMicrophone();
    this.#graph = null;
  }

  /** The microphones there are, told to the listener too. */
  async list(): Promise<MicrophoneChoice[]> {
    const choices = microphonesOf(await mediaDevices(), this.#graph?.microphone ?? null);
    this.#listener.microphones(choices);
    return choices;
  }

  /**
   * Uses this microphone from now on, at once if one is open.
   *
   * @throws MicrophoneError when it cannot be opened; the one before goes on.
   */
  async choose(device: string | null): Promise<void> {
    this.#chosen = device;
    if (this.#graph?.microphone != null) await this.#openIn(this.#graph);
    await this.list();
  }

  /** Nobody follows the devices any more. */
  end(): void {
    this.close();
    this.#stopFollowing();
  }

  /** Opens the chosen microphone; one that nobody wants any more by then is given back. */
  async #openIn(graph: AudioGraph): Promise<void> {
    await graph.openMicrophone(this.#chosen, () => void this.#lost());
    if (this.#graph === null) graph.closeMicrophone();
  }

  /** The device is gone in the middle of its use: the system's default takes its place. */
  async #lost(): Promise<void> {
    const graph = this.#graph;
    if (graph === null) return;
    const wish = this.#wish;
    try {
      await graph.openMicrophone(null, () => void this.#lost());
      await this.list();
    } catch (error) {
      if (wish !== this.#wish) return;
      this.close();
      this.#listener.microphone(failureOf(error));
    }
  }

  async #devicesChanged(): Promise<void> {
    const graph = this.#graph;
    const open = graph?.microphone ?? null;
    if (graph !== null && open !== null) {
      const change = microphoneAfterChange(await mediaDevices(), this.#chosen, open);
      try {
        if (change !== null) await graph.openMicrophone(change.device, () => void this.#lost());
      } catch {
        // The one before goes on; if it is gone, its track says so.
      }
    }
    await this.list();
  }
}

function failureOf(error: unknown): MicrophoneState {
  return error instanceof MicrophoneError ? { state: "refused", failure: error.failure } : { state: "off" };
}
