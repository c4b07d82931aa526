import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

it("the lock file names no host", () => {
  const lock = readFileSync("package-lock.json", "utf8");
  expect(lock).not.toContain("://");
});
