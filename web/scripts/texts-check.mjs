// Fails when a text of the source is not in its catalogue: run `npm run extract` and commit.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const files = ["locales/en/member.po", "locales/en/staff.po"];
const before = files.map((file) => readFileSync(file, "utf8"));
execFileSync(process.execPath, ["node_modules/@lingui/cli/dist/lingui.js", "extract", "--clean"], { stdio: "pipe" });
const stale = files.filter((file, index) => readFileSync(file, "utf8") !== before[index]);
files.forEach((file, index) => writeFileSync(file, before[index]));
if (stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(", ")}; run npm run extract and commit the change\n`);
  process.exit(1);
}
