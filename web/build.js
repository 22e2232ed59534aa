// Bundles the page into the Python package, which serves it as static files.
// Four separate scripts (page, worker, two worklets): nothing is inlined and nothing is evaluated, so that
// `Content-Security-Policy: default-src 'self'` holds.
import { cp, mkdir, readdir, rm, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = process.env.STATIC_DIR ?? here("../src/enterprise_stream/server/static/");
const font = "fraunces-latin-600-normal.woff2";

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) {
  if (name !== ".gitignore") await rm(`${out}/${name}`, { recursive: true });
}
await cp(here("public/"), out, { recursive: true });
await cp(here(`node_modules/@fontsource/fraunces/files/${font}`), `${out}/fonts/${font}`);
await cp(here("node_modules/@fontsource/fraunces/LICENSE"), `${out}/fonts/LICENSE.txt`);
await build({
  entryPoints: {
    page: here("src/ui/page.ts"),
    worker: here("src/connection/connection.worker.ts"),
    capture: here("src/audio/capture.worklet.ts"),
    playback: here("src/audio/playback.worklet.ts"),
  },
  outdir: out,
  bundle: true,
  format: "iife",
  target: ["chrome111", "firefox113", "safari16.4"],
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "warning",
});
for (const name of (await readdir(out)).filter((file) => file.endsWith(".js"))) {
  console.log(`${name.padEnd(14)} ${((await stat(`${out}/${name}`)).size / 1024).toFixed(1)} KiB`);
}
