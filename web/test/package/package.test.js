import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const WEB = join(import.meta.dirname, "../..");
const TSC = join(WEB, "node_modules/typescript/bin/tsc");

/** What somebody would write who embeds the client; types only, since there is no browser here. */
const PAGE = `
import { type ClientOptions, ClientError, phaseOf, type State, VoiceClient } from "@enterprise-stream/client";

const options: ClientOptions = {
  url: "wss://example.com/ws/stream",
  healthUrl: "https://example.com/readyz",
  base: "/sandra/",
  language: "es",
  consent: { version: "2026-11", given: true },
  token: async () => (await fetch("/token")).text(),
};

export async function talk(show: (state: State, phase: string) => void): Promise<VoiceClient> {
  const client = new VoiceClient(options);
  const stop: () => void = client.on("state", (state) => show(state, phaseOf(state)));
  client.on("latency", ({ totalMs, stages }) => console.log(totalMs, stages.map((stage) => stage.name)));
  try {
    await client.startListening();
  } catch (error) {
    if (error instanceof ClientError && error.code === "elsewhere") await client.takeOver();
  }
  const played: boolean = await client.voiceLibrary.playVoice("welcome", "Hola.");
  if (!played) stop();
  // @ts-expect-error there is no such language
  await client.setLanguage("xx");
  return client;
}
`;

let folder;
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: WEB, stdio: "ignore" });
  const [tarball] = readdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{"name": "scratch", "private": true, "type": "module"}');
  run("npm", "install", "--offline", "--no-audit", "--no-fund", "--silent", `./${tarball ?? ""}`);
  writeFileSync(join(folder, "page.ts"), PAGE);
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("the packed package", () => {
  it("brings modules, types and the three scripts, and nothing else", () => {
    const files = readdirSync(join(folder, "node_modules/@enterprise-stream/client"));
    expect(files.sort()).toEqual(["README.md", "dist", "package.json"]);
    const dist = readdirSync(join(folder, "node_modules/@enterprise-stream/client/dist"));
    expect(dist).toEqual(expect.arrayContaining(["index.js", "index.d.ts", "worker.js", "capture.js", "playback.js"]));
    expect(readdirSync(join(folder, "node_modules"))).not.toContain("lit");
  });

  it.each([
    ["a bundler", ["--module", "esnext", "--moduleResolution", "bundler"]],
    ["Node", ["--module", "nodenext"]],
  ])(
    "has types that hold as %s resolves them",
    (_, resolution) => {
      const strict = ["--noEmit", "--strict", "--target", "es2022", ...resolution];
      expect(run(process.execPath, TSC, ...strict, "page.ts")).toBe("");
    },
    60_000,
  );

  it("can be loaded where there is no browser, and does nothing by that", () => {
    const script = 'const m = await import("@enterprise-stream/client"); console.log(typeof m.VoiceClient);';
    expect(run(process.execPath, "--input-type=module", "-e", script)).toBe("function\n");
  });
});
