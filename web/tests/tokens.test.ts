import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { contrast, readThemes, type Tokens } from "./contrast";

const themes = readThemes(readFileSync("src/ui/tokens.css", "utf8"));

const surfaces = ["paper", "ground", "sunken", "soft"];
const texts = ["ink", "muted", "link"];
const states = ["ok", "warn", "bad", "info"];

function pairs(): [string, string, number][] {
  const all: [string, string, number][] = [];
  for (const surface of surfaces) {
    for (const text of texts) all.push([text, surface, 4.5]);
    // A field's edge and the focus ring are parts of controls: 3:1 is asked for those.
    if (surface !== "soft") all.push(["line-strong", surface, 3]);
  }
  for (const state of states) {
    for (const surface of [`${state}-soft`, "paper", "ground"]) all.push([state, surface, 4.5]);
    all.push(["ink", `${state}-soft`, 4.5]);
  }
  all.push(["on-primary", "primary", 4.5], ["on-primary", "primary-strong", 4.5]);
  all.push(["on-highlight", "highlight", 4.5]);
  return all;
}

function measure(tokens: Tokens, text: string, surface: string): number {
  const [front, back] = [tokens[text], tokens[surface]];
  if (front === undefined || back === undefined) throw new Error(`no token ${text} or ${surface}`);
  return contrast(front, back);
}

describe("tokens", () => {
  it("knows two themes and five presets", () => {
    expect(Object.keys(themes)).toHaveLength(10);
  });

  for (const [name, tokens] of Object.entries(themes)) {
    it.each(pairs())(`${name}: %s on %s reaches %d`, (text, surface, least) => {
      expect(measure(tokens, text, surface)).toBeGreaterThanOrEqual(least);
    });
  }

  it("measures as published: gold on white 1.40, blue on white 3.98, ink on gold 11.75", () => {
    expect(contrast("#ffd700", "#ffffff")).toBeCloseTo(1.4, 2);
    expect(contrast("#007bff", "#ffffff")).toBeCloseTo(3.98, 2);
    expect(contrast("#1f1f1f", "#ffd700")).toBeCloseTo(11.75, 1);
  });

  it("never uses gold as a text or hairline token", () => {
    for (const tokens of Object.values(themes)) {
      for (const name of [...texts, ...states, "line", "line-strong"]) {
        expect(tokens[name]).not.toBe("#ffd700");
      }
    }
  });
});
