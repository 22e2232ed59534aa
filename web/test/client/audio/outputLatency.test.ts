import { describe, expect, it } from "vitest";
import { outputLatencyMs } from "../../../src/client/audio/outputLatency.ts";

const LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:153.0) Gecko/20100101 Firefox/153.0";

describe("outputLatencyMs", () => {
  it("is what the browser tells", () => {
    expect(outputLatencyMs({ outputLatency: 0.03 } as AudioContext, WINDOWS)).toBe(30);
  });

  it("is nothing where the browser does not tell", () => {
    expect(outputLatencyMs({} as AudioContext, "Safari")).toBe(0);
  });

  it("is never asked of Firefox on Linux, which may stand still over it", () => {
    const context = {
      get outputLatency(): number {
        throw new Error("asked");
      },
    } as unknown as AudioContext;
    expect(outputLatencyMs(context, LINUX)).toBe(40);
  });
});
