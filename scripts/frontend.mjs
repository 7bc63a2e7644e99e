// Bundles server/console/assets into server/console/static/dist; called by build_frontend.py, which knows when.
import { copyFile, mkdir } from "node:fs/promises";
import { build } from "esbuild";

const [console_, out] = process.argv.slice(2);

await mkdir(out, { recursive: true });
await build({
  entryPoints: ["app.js", "app.css", "planning.js", "planning.css", "editing.js", "editing.css", "language.js", "language.css", "boards.js", "boards.css", "chinese.css", "trust.js", "trust.css", "slip.css", "labels.css", "emergency.js", "emergency.css", "worker.js"].map((name) => `${console_}/assets/${name}`),
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file" },
  legalComments: "eof",
  logLevel: "warning",
});
await copyFile(`${console_}/assets/icon.svg`, `${out}/icon.svg`);
