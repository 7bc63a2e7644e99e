// Bundles server/console/assets into server/console/static/dist; called by build_frontend.py, which knows when.
import { mkdir, writeFile } from "node:fs/promises";
import { build, transform } from "esbuild";
import { PurgeCSS } from "purgecss";

const [console_, out] = process.argv.slice(2);
// Classes that come into a page by script only, so no template names them.
const byScript = [/^htmx-/, /^sortable-/];

await mkdir(out, { recursive: true });
await build({
  entryPoints: [`${console_}/assets/app.js`],
  outfile: `${out}/app.js`,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "eof",
  logLevel: "warning",
});
const styles = await build({
  entryPoints: [`${console_}/assets/app.css`],
  bundle: true,
  write: false,
  outdir: out,
  assetNames: "[name]-[hash]",
  loader: { ".svg": "dataurl", ".woff2": "file", ".png": "file" },
  logLevel: "warning",
});
const content = ["templates/**/*.html", "assets/**/*.js", "**/*.py"].map((pattern) => `${console_}/${pattern}`);
for (const file of styles.outputFiles) {
  if (!file.path.endsWith("app.css")) {
    await writeFile(file.path, file.contents);
    continue;
  }
  const [{ css }] = await new PurgeCSS().purge({ content, css: [{ raw: file.text }], keyframes: true, safelist: byScript });
  const { code } = await transform(css, { loader: "css", minify: true, legalComments: "eof" });
  await writeFile(file.path, code);
}
