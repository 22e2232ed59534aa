import { beforeEach, describe, expect, it } from "vitest";
import { ScreenAwake } from "../../src/client/screenAwake.ts";

class Page extends EventTarget {
  visibilityState: DocumentVisibilityState = "visible";

  show(state: DocumentVisibilityState): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

class Lock extends EventTarget {
  released = false;

  release(): Promise<void> {
    this.released = true;
    return Promise.resolve();
  }
}

let page: Page;
let given: Lock[];
let ending: AbortController;

const locks = {
  request: (): Promise<WakeLockSentinel> => {
    given.push(new Lock());
    return Promise.resolve(given.at(-1) as unknown as WakeLockSentinel);
  },
};
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));
const held = (): number => given.filter(({ released }) => !released).length;
const awakeBy = (from: Pick<WakeLock, "request"> | undefined): ScreenAwake =>
  new ScreenAwake(from, page, ending.signal);
const awake = (): ScreenAwake => awakeBy(locks);

beforeEach(() => {
  page = new Page();
  given = [];
  ending = new AbortController();
});

describe("the screen", () => {
  it("is kept on while that is wanted, once", async () => {
    const screen = awake();
    expect(given).toEqual([]);
    screen.want(true);
    screen.want(true);
    page.show("visible");
    await settled();
    page.show("visible");
    await settled();
    expect(given).toHaveLength(1);
    screen.want(false);
    expect(held()).toBe(0);
  });

  it("is kept on again when the page is seen again, and not while it is hidden", async () => {
    const screen = awake();
    screen.want(true);
    await settled();
    given.forEach((lock) => void lock.release()); // as the browser does when it hides a page
    page.show("hidden");
    await settled();
    expect(given).toHaveLength(1);
    page.show("visible");
    await settled();
    expect([given.length, held()]).toEqual([2, 1]);
  });

  it("is let go when that is no longer wanted by the time that the browser answers, and at the end", async () => {
    const screen = awake();
    screen.want(true);
    screen.want(false);
    await settled();
    expect([given.length, held()]).toEqual([1, 0]);
    screen.want(true);
    await settled();
    ending.abort();
    expect([given.length, held()]).toEqual([2, 0]);
    page.show("visible");
    await settled();
    expect(given).toHaveLength(2);
  });

  it("does as it always does where the browser has no locks, or refuses one", async () => {
    awakeBy(undefined).want(true);
    awakeBy({ request: () => Promise.reject(new DOMException("low battery", "NotAllowedError")) }).want(true);
    await settled();
    expect(given).toEqual([]);
  });
});
