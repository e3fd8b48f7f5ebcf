// Bundles the page into dist/ and the collector's browser snippet into its own, or with --test every *.test.ts of both into
// build/ for node's own test runner.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const root = new URL(".", import.meta.url).pathname;
// The snippet needs no package of its own, so it is built with the page's: one lock, one installation.
const snippet = new URL("../../../ingest/snippet/", import.meta.url).pathname;

/** Writes the page: index.html names script and style with a hash of their content, so that they can be cached for ever. */
async function page() {
  await clear(`${root}dist`);
  await build({
    entryPoints: { app: `${root}src/main.ts` },
    outdir: `${root}dist`,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    legalComments: "eof",
    banner: { js: await notices() },
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  let html = await readFile(`${root}src/index.html`, "utf8");
  for (const name of ["app.js", "app.css"]) {
    const hash = createHash("sha256").update(await readFile(`${root}dist/${name}`)).digest("hex").slice(0, 12);
    html = html.replace(`/assets/${name}`, `/assets/${name}?v=${hash}`);
  }
  await writeFile(`${root}dist/index.html`, html);
  await copyFile(`${root}src/icon.svg`, `${root}dist/icon.svg`);
}

/** Writes the script that shops put into their pages. It stays small by speaking only to browsers of the last five years. */
async function script() {
  await clear(`${snippet}dist`);
  await build({
    entryPoints: { t: `${snippet}src/main.ts` },
    outdir: `${snippet}dist`,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2021"],
    logLevel: "warning",
  });
}

/** Bundles the unit tests. */
async function tests() {
  await rm(`${root}build`, { recursive: true, force: true });
  const entryPoints = {};
  for (const [folder, into] of [[`${root}src`, "page"], [`${snippet}src`, "snippet"]]) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (name.endsWith(".test.ts")) entryPoints[`${into}/${name.slice(0, -3)}`] = `${folder}/${name}`;
    }
  }
  await build({
    entryPoints,
    outdir: `${root}build`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
  });
}

/** The licences of what is bundled, as one comment that minifying keeps. */
async function notices() {
  const parts = ["The page bundles:"];
  for (const name of ["echarts", "zrender", "tslib"]) {
    const about = JSON.parse(await readFile(`${root}node_modules/${name}/package.json`, "utf8"));
    parts.push(`${name} ${about.version}, ${about.license}`);
    if (name === "echarts") parts.push((await readFile(`${root}node_modules/echarts/NOTICE`, "utf8")).trim(), (await readFile(`${root}node_modules/echarts/licenses/LICENSE-d3`, "utf8")).trim());
    if (name === "zrender") parts.push((await readFile(`${root}node_modules/zrender/LICENSE`, "utf8")).trim());
    if (name === "tslib") parts.push((await readFile(`${root}node_modules/tslib/LICENSE.txt`, "utf8")).trim());
  }
  parts.push("ECharts and this page are under the Apache License 2.0: https://www.apache.org/licenses/LICENSE-2.0");
  return `/*!\n${parts.join("\n\n").replaceAll("*/", "* /")}\n*/`;
}

/** Empties a folder but for the .gitignore that keeps it in the repository. */
async function clear(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (name !== ".gitignore") await rm(`${folder}/${name}`, { recursive: true });
  }
}

await (process.argv.includes("--test") ? tests() : Promise.all([page(), script()]));
