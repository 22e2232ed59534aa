import { describe, expect, it } from "vitest";
import { besideStream } from "../../src/client/clips.ts";

describe("besideStream", () => {
  it("finds a recording at the server, whatever page asks", () => {
    const stream = "wss://voz.example/ws/stream";
    expect(besideStream("/api/clips/7.wav", stream)).toBe("https://voz.example/api/clips/7.wav");
    expect(besideStream("../api/clips", stream)).toBe("https://voz.example/api/clips");
    expect(besideStream("https://cdn.example/7.wav", stream)).toBe("https://cdn.example/7.wav");
  });
});
