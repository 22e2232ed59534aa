// Builds the package `@enterprise-stream/client` into `dist/`: modules and types by tsc, the three scripts by esbuild.
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { build } from "esbuild";
import { CLIENT_SCRIPTS, here, OPTIONS } from "./bundling.js";

const out = here("dist/");

await rm(out, { recursive: true, force: true });
execFileSync(process.execPath, [here("node_modules/typescript/bin/tsc"), "-p", here("tsconfig.client.json")], {
  stdio: "inherit",
});
await build({ ...OPTIONS, entryPoints: CLIENT_SCRIPTS, outdir: out });
