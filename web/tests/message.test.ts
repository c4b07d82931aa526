import { readdirSync, readFileSync } from "node:fs";

import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { describe, expect, it } from "vitest";

import { compileMessage } from "@/kernel/message";

const folder = `${import.meta.dirname}/../locales/en`;
const texts = readdirSync(folder)
  .filter((name) => name.endsWith(".po"))
  .flatMap((name) => readFileSync(`${folder}/${name}`, "utf8").split(/\n\n/))
  .map((entry) => /^msgid ((?:".*"\n?)+)/m.exec(entry)?.[1] ?? "")
  .map((lines) => lines.split("\n").filter(Boolean).map((line) => JSON.parse(line) as string).join(""))
  .filter(Boolean);

describe("texts", () => {
  it("are compiled as by Lingui's own compiler, every one of them", () => {
    expect(texts.length).toBeGreaterThan(1_000);
    for (const text of texts) expect(compileMessage(text), text).toEqual(compileMessageOrThrow(text));
  });

  it.each([
    "It's {name}'s",
    "'{'literal'}' and ''quoted''",
    "{n, plural, =0 {none} one {# in '{'} other {{who} has #}}",
    "{a, select, x {{n, plural, one {#} other {# of}}} other {no # here}}",
    "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}",
    "{at, date, short} {n, number}",
    "# alone",
  ])("of other forms too: %s", (text) => {
    expect(compileMessage(text)).toEqual(compileMessageOrThrow(text));
  });

  it.each(["{", "{a", "{a,}", "{n, plural, one {x}", "}"])("that are broken are shown as they are: %s", (text) => {
    expect(compileMessage(text)).toEqual([text]);
  });
});
