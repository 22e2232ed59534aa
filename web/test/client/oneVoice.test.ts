import { describe, expect, it } from "vitest";
import { type Locks, OneVoice } from "../../src/client/oneVoice.ts";

/** The browser's locks, as far as one name goes. */
class FakeLocks implements Locks {
  #steal: (() => void) | null = null;

  request(_: string, options: LockOptions, held: (lock: Lock | null) => Promise<void>): Promise<unknown> {
    if (this.#steal !== null && options.ifAvailable === true) return held(null);
    this.#steal?.();
    return new Promise((resolve, reject) => {
      const mine = (): void => {
        reject(new DOMException("stolen", "AbortError"));
      };
      this.#steal = mine;
      void held({} as Lock).then(() => {
        if (this.#steal === mine) this.#steal = null;
        resolve(undefined);
      });
    });
  }
}

/** A frame on another site whose storage the browser blocks. */
const forbidden: Locks = {
  request: () => Promise.reject(new DOMException("denied", "SecurityError")),
};

const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

describe("OneVoice", () => {
  it("gives the voice to one tab; the next has it when the first leaves it", async () => {
    const locks = new FakeLocks();
    const [first, second] = [new OneVoice(locks, () => undefined), new OneVoice(locks, () => undefined)];
    expect([await first.claim(), await first.claim(), await second.claim()]).toEqual([true, true, false]);
    first.release();
    await settle();
    expect(await second.claim()).toBe(true);
  });

  it("leaves the voice to every frame that the browser gives no locks", async () => {
    const voice = new OneVoice(forbidden, () => undefined);
    expect(await voice.claim()).toBe(true);
    await voice.takeOver();
    voice.release();
  });

  it("lets a tab take the voice over, which the other is told, once", async () => {
    const locks = new FakeLocks();
    let lost = 0;
    const first = new OneVoice(locks, () => (lost += 1));
    const second = new OneVoice(locks, () => (lost += 100));
    await first.claim();
    await second.takeOver();
    await settle();
    expect(lost).toBe(1);
    expect(await first.claim()).toBe(false);
    expect(await second.claim()).toBe(true);
    second.release();
    await settle();
    expect(lost).toBe(1);
  });

  it("gives every tab the voice where the browser has no locks", async () => {
    expect(await new OneVoice(undefined, () => undefined).claim()).toBe(true);
  });
});
