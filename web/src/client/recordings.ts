import type { WorkerCommand, WorkerEvent } from "./connection/pageMessages.ts";

/** A recording's samples, at the device's rate. */
export type Samples = Float32Array<ArrayBuffer>;

/**
 * Recordings on their way through her own player, which plays one thing after another: each is told its end.
 */
export class Recordings {
  readonly #command: (command: WorkerCommand, transfer: Transferable[]) => void;
  readonly #ends = new Map<number, (whole: boolean) => void>();
  #number = 0;

  /** @param command tells the connection worker. */
  constructor(command: (command: WorkerCommand, transfer: Transferable[]) => void) {
    this.#command = command;
  }

  /**
   * Plays a recording after all that is to be heard before.
   *
   * @param turn whose answer it is; null for one of no turn, which whatever she says next cuts off.
   * @returns true once it was played to its end, false when it was cut.
   */
  play(turn: number | null, samples: Samples): Promise<boolean> {
    this.#number += 1;
    const number = this.#number;
    return new Promise((over) => {
      this.#ends.set(number, over);
      this.#command({ type: "clip", number, turn, samples }, [samples.buffer]);
    });
  }

  /** Whether none is on its way to the ear. */
  get none(): boolean {
    return this.#ends.size === 0;
  }

  /** The player tells what has become of one. */
  follow({ number, event }: Extract<WorkerEvent, { type: "clip" }>): void {
    if (event !== "started") this.#over(number, event === "played");
  }

  /** There is no player any more: nothing is played to its end. */
  drop(): void {
    for (const number of [...this.#ends.keys()]) this.#over(number, false);
  }

  #over(number: number, whole: boolean): void {
    this.#ends.get(number)?.(whole);
    this.#ends.delete(number);
  }
}
