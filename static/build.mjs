// Builds static/build: names that carry a hash of the content, compressed copies beside each file, and a
// manifest from plain name to built name.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as sass from "sass";
import { compileWords } from "./words.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "..", "node_modules");
const out = join(here, "build");

function style(name) {
  const { css } = sass.compile(join(here, "css", `${name}.scss`), {
    style: "compressed",
    loadPaths: [packages],
    quietDeps: true,
  });
  if (/url\(/.test(css)) {
    throw new Error(`${name}.css points at another file; every style has to stand on its own`);
  }
  return css;
}

// A source map that is not served would only be a missing file.
const htmx = ["htmx.min.js", "ext/hx-ptag.min.js"].map((name) => readFileSync(join(packages, "htmx.org", "dist", name), "utf8")
  .replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, "\n")).join("");
// One file of all our scripts: each is a section of its own.
const portal = readdirSync(join(here, "js")).sort()
  .map((name) => readFileSync(join(here, "js", name), "utf8")).join("\n")
  .split("\n").filter((line) => !/^\s*(\/\/.*)?$/.test(line)).map((line) => line.trim()).join("\n");

const files = {
  "portal.css": style("portal"),
  "agenda.css": style("agenda"),
  "published.css": style("published"),
  "portal.js": portal,
  "htmx.js": htmx,
};
for (const name of readdirSync(join(here, "img"))) {
  files[name] = readFileSync(join(here, "img", name), "utf8");
}

compileWords();
mkdirSync(out, { recursive: true });
const manifest = {};
for (const [name, text] of Object.entries(files)) {
  const { name: stem, ext } = parse(name);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  manifest[name] = `${stem}-${hash}${ext}`;
  writeFileSync(join(out, manifest[name]), text);
  writeFileSync(join(out, `${manifest[name]}.gz`), gzipSync(text, { level: 9 }));
  writeFileSync(join(out, `${manifest[name]}.br`), brotliCompressSync(text));
}

// The manifest last and in one move, so that a server that starts meanwhile never reads half of it.
writeFileSync(join(out, "manifest.json.new"), `${JSON.stringify(manifest, null, 2)}\n`);
renameSync(join(out, "manifest.json.new"), join(out, "manifest.json"));

const kept = new Set(["manifest.json", ...Object.values(manifest).flatMap((n) => [n, `${n}.gz`, `${n}.br`])]);
for (const name of readdirSync(out)) {
  if (!kept.has(name)) rmSync(join(out, name), { force: true });
}
