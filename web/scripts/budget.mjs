// Fails when the first load of any route (its scripts and styles) is over 250 kB gzip.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const limit = 250_000;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

function weigh(file) {
  const bytes = readFileSync(new URL(file, dist));
  return gzipSync(bytes).length;
}

function collect(key, files = new Set()) {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const next of chunk.imports ?? []) collect(next, files);
  return files;
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const face = Object.values(manifest).find(({ file }) => file.includes("inter-latin-wght"))?.file;
if (entry === undefined || face === undefined) throw new Error("dist has no entry or no text face: build first");
const first = collect(entry);

// The text face is woff2, shown when it arrives (font-display: swap) and kept for a year: told, not counted.
const faceBytes = readFileSync(new URL(face, dist)).length;
process.stdout.write(`${(faceBytes / 1000).toFixed(1).padStart(7)} kB  text face, beside the budget\n`);

function layoutOf(page) {
  if (page.startsWith("src/shell/")) return page;
  if (/campaigns\/public|boards\/public|join-page|mailbox-page/.test(page)) return "src/shell/open-layout.tsx";
  if (/identity\/(?!new-)[a-z-]+-page/.test(page)) return "src/shell/entry-layout.tsx";
  return "src/shell/app-layout.tsx";
}

const rows = manifest[entry].dynamicImports.map((key) => {
  const files = new Set([...first, ...collect(layoutOf(key)), ...collect(key)]);
  return { page: key, bytes: [...files].reduce((sum, file) => sum + weigh(file), 0) };
});
rows.sort((a, b) => b.bytes - a.bytes);
for (const { page, bytes } of rows) {
  process.stdout.write(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${page}\n`);
}
const over = rows.filter(({ bytes }) => bytes > limit);
if (over.length > 0) {
  process.stderr.write(`${over.length} over ${limit / 1000} kB: split a chunk or take something away\n`);
  process.exit(1);
}
