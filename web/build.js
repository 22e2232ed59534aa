// Bundles the page into the Python package, which serves it as static files.
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";
import { CLIENT_SCRIPTS, here, OPTIONS } from "./bundling.js";

const out = process.env.STATIC_DIR ?? here("../src/enterprise_stream/server/static/");
const fonts = ["fraunces-latin-400-normal.woff2", "fraunces-latin-600-normal.woff2"];

/** A style sheet that a script imports: its text, without spaces. */
const cssText = {
  name: "css-text",
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), {
        loader: "css",
        minify: true,
        target: OPTIONS.target,
      });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

await mkdir(out, { recursive: true });
for (const name of await readdir(out)) {
  if (name !== ".gitignore") await rm(`${out}/${name}`, { recursive: true });
}
await cp(here("public/"), out, { recursive: true });
for (const font of fonts) await cp(here(`node_modules/@fontsource/fraunces/files/${font}`), `${out}/fonts/${font}`);
await cp(here("node_modules/@fontsource/fraunces/LICENSE"), `${out}/fonts/LICENSE.txt`);

const page = await readFile(`${out}/index.html`, "utf8");
await writeFile(
  `${out}/embed.html`,
  page
    .replace("<html ", '<html data-layout="embed" ')
    .replace("</head>", '<script src="embed.js" defer></script>\n  </head>'),
);
await build({
  ...OPTIONS,
  entryPoints: {
    ...CLIENT_SCRIPTS,
    page: here("src/panel/page.ts"),
    console: here("src/console/console.ts"),
    embed: here("src/widget/frame/embed.ts"),
  },
  outdir: out,
});
await build({
  ...OPTIONS,
  entryPoints: { widget: here("src/widget/loader.ts") },
  outdir: out,
  plugins: [cssText],
  // Every byte of it is another site's: it does not even name its map.
  sourcemap: "external",
});
await build({
  entryPoints: { page: here("src/panel/styles/page.css"), console: here("src/console/styles/console.css") },
  outdir: out,
  bundle: true,
  // Fonts and pictures are named by where they are served.
  external: ["*.woff2", "*.svg"],
  target: OPTIONS.target,
  minify: true,
  logLevel: "warning",
});
for (const name of (await readdir(out)).filter((file) => file.endsWith(".js"))) {
  console.log(`${name.padEnd(14)} ${((await stat(`${out}/${name}`)).size / 1024).toFixed(1)} KiB`);
}
