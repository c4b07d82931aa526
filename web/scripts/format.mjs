// Prettier over the page's sources: `--write` lays them out, without it the check fails at the first that is not.
// Files older than the rule are named in scripts/unformatted.txt; one that has come into form leaves the list.
import { readFileSync, writeFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { check, format, getFileInfo, resolveConfig } from "prettier";

const listed = new URL("unformatted.txt", import.meta.url);
const write = process.argv.includes("--write");
const all = process.argv.includes("--all");
const later = new Set(readFileSync(listed, "utf8").split("\n").filter(Boolean));
const wrong = [];
const inForm = [];
for await (const file of glob(["src/**/*.{ts,tsx,css}", "tests/**/*.{ts,tsx,json}", "scripts/*.mjs", "*.{js,ts,json,html}"])) {
  const { ignored } = await getFileInfo(file, { ignorePath: ".prettierignore" });
  if (ignored) continue;
  const text = readFileSync(file, "utf8");
  const options = { ...(await resolveConfig(file)), filepath: file };
  const fits = await check(text, options);
  if (fits && later.has(file)) inForm.push(file);
  if (fits || (later.has(file) && !all)) continue;
  if (write) writeFileSync(file, await format(text, options));
  else wrong.push(file);
}
if (write) {
  const left = [...later].filter((file) => !inForm.includes(file) && !all).sort();
  writeFileSync(listed, left.map((file) => `${file}\n`).join(""));
} else if (wrong.length + inForm.length > 0) {
  for (const file of wrong) process.stderr.write(`${file} is not laid out as Prettier does\n`);
  for (const file of inForm) process.stderr.write(`${file} is in form: it leaves scripts/unformatted.txt\n`);
  process.stderr.write("run npm run format\n");
  process.exit(1);
}
