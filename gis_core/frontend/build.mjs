/**
 * Bundles every page: `<app>/frontend/<page>.ts` becomes `<app>/static/<app>/dist/<page>.js` and `.css`.
 * gis_core's part is shared: what its pages need, the fonts and the map's worker. `--watch` rebuilds on change.
 * Names are fixed; Django's manifest storage hashes them.
 */
import { context } from "esbuild";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";

const FONTS = { "be-vietnam-pro": [400, 500, 600, 700], inter: [400, 500, 600, 700] };
const CORE = "gis_core/static/gis_core/dist";
const watch = process.argv.includes("--watch");

/** Every app with pages: a package at the top with a folder `frontend`. */
const apps = readdirSync(".").filter((app) => existsSync(`${app}/frontend`));

/** Pages of every app but gis_core, whose modules are shared and whose own pages are named in `shared`. */
function pages() {
  const entries = {};
  for (const app of apps.filter((name) => name !== "gis_core"))
    for (const file of readdirSync(`${app}/frontend`).filter((name) => name.endsWith(".ts")))
      entries[`${app}/static/${app}/dist/${file.slice(0, -3)}`] = `${app}/frontend/${file}`;
  return entries;
}

/** Vietnamese and Latin subsets of each weight: all that a name or a number in Vietnam needs. */
function fonts() {
  const entries = {};
  for (const [family, weights] of Object.entries(FONTS))
    for (const weight of weights)
      for (const subset of ["vietnamese", "latin"]) {
        const name = `${family}-${subset}-${weight}-normal`;
        entries[`${CORE}/fonts/${name}`] = `@fontsource/${family}/files/${name}.woff2`;
      }
  return entries;
}

const shared = {
  [`${CORE}/base`]: "gis_core/frontend/base.ts",
  [`${CORE}/maplibre-worker`]: "maplibre-gl/dist/maplibre-gl-worker.mjs",
};
const common = {
  bundle: true,
  outdir: ".",
  minify: !watch,
  sourcemap: watch,
  target: "es2022",
  logLevel: "warning",
  // Addresses of fonts stay relative in the CSS: the manifest storage rewrites them to hashed names.
  external: ["./fonts/*"],
  loader: { ".svg": "text", ".woff2": "copy", ".png": "dataurl" },
};

for (const app of apps) rmSync(`${app}/static/${app}/dist`, { recursive: true, force: true });
const builds = [
  { ...common, format: "esm", entryPoints: { ...shared, ...pages(), ...fonts() } },
  // A classic script in the page's head: it sets the theme before the first paint, which a module cannot.
  { ...common, format: "iife", entryPoints: { [`${CORE}/theme`]: "gis_core/frontend/theme.ts" } },
];
for (const options of builds) {
  const build = await context(options);
  await build.rebuild();
  if (watch) await build.watch();
  else await build.dispose();
}
// Drawn by the server on map images too (tiles/drawing/icons.py).
cpSync("node_modules/@mapbox/maki/icons", `${CORE}/icons`, { recursive: true });
for (const family of Object.keys(FONTS)) cpSync(`node_modules/@fontsource/${family}/LICENSE`, `${CORE}/fonts/${family}-LICENSE.txt`);
