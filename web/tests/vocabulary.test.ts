import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";
import { describe, expect, it } from "vitest";

import words from "./data/banned-words.json";

const staffOnly = ["src/apps/amc", "src/apps/campaigns/organiser", "src/apps/campaigns/desk", "src/platform/payments", "src/platform/console"];

function escape(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const patterns = [...words.banned.map((word) => `\\b${escape(word)}(?:s|es|ed|ing)?(?![\\w-])`), ...words.patterns].map(
  (pattern) => new RegExp(pattern, "i"),
);

function findings(text: string): string[] {
  return patterns.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);
}

/** The texts of a gettext catalogue: every msgid, its lines joined. */
function catalogue(path: string): string[] {
  const blocks = readFileSync(path, "utf8").split(/\n\n+/).slice(1);
  return blocks.map((block) => {
    const id = /msgid ((?:"(?:[^"\\]|\\.)*"\n?)+)/.exec(block)?.[1] ?? '""';
    return id
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as string)
      .join("");
  });
}

function memberFiles(folder = "src"): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (staffOnly.includes(path)) return [];
    if (entry.isDirectory()) return memberFiles(path);
    return /\.tsx?$/.test(path) ? [path] : [];
  });
}

/** What a source file can show: text between tags and literals, but no imports and no class names. */
function shownTexts(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isJsxAttribute(node) && node.name.getText() === "className") return;
    if (ts.isJsxText(node) || ts.isStringLiteralLike(node)) found.push(node.text);
    if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe("the members' vocabulary", () => {
  it.each(["Buy it now", "Only 3 left", "Guaranteed delivery", "great deals", "our account", "Your order"])(
    "would find %j",
    (text) => expect(findings(text)).not.toEqual([]),
  );

  it.each(["the border of it", "in the ordinary way", "restored", "a sooner date is not told"])(
    "lets %j pass",
    (text) => expect(findings(text)).toEqual([]),
  );

  it("holds in every text of the members' catalogue", () => {
    const texts = catalogue("locales/en/member.po");
    expect(texts.length).toBeGreaterThan(300);
    expect(texts.filter((text) => findings(text).length > 0)).toEqual([]);
  });

  it("holds in every source file that a member may meet, translated or not", () => {
    const files = memberFiles();
    expect(files.length).toBeGreaterThan(80);
    const found = files.flatMap((path) =>
      shownTexts(path)
        .filter((text) => findings(text).length > 0)
        .map((text) => `${path}: ${text.trim()}`),
    );
    expect(found).toEqual([]);
  });
});
