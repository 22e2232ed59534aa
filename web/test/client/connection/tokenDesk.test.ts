import { expect, it } from "vitest";
import { TokenDesk } from "../../../src/client/connection/tokenDesk.ts";

it("asks once for each attempt and hands the answer on", async () => {
  let asked = 0;
  const desk = new TokenDesk(() => (asked += 1));
  const first = desk.next();
  desk.give({ token: "a", failed: false });
  expect(await first).toBe("a");
  const second = desk.next();
  desk.give({ token: null, failed: true });
  await expect(second).rejects.toThrow();
  expect(asked).toBe(2);
});

it("refuses an attempt that another has overtaken, and an answer that nobody waits for", async () => {
  const desk = new TokenDesk(() => undefined);
  const first = desk.next();
  const second = desk.next();
  await expect(first).rejects.toThrow();
  desk.give({ token: "b", failed: false });
  desk.give({ token: "c", failed: false });
  expect(await second).toBe("b");
});
