import type { Cell } from "../types";
import { toNumber } from "./cells";

export interface Flow {
  nodes: { name: string; step: number }[];
  links: { source: string; target: string; value: number }[];
}

const most = 6;

/** The steps of a path as AMC writes it: "[[1, Display], [2, Search]]", "Display > Search", or a list. */
export function stepsOf(text: string): string[] {
  const trimmed = text.trim();
  const numbered = [...trimmed.matchAll(/\[\s*(\d+)\s*,\s*([^\][]+?)\s*\]/g)];
  if (numbered.length > 0) {
    return numbered
      .map((match) => ({ at: Number(match[1]), name: (match[2] ?? "").replaceAll(/^["']|["']$/g, "") }))
      .sort((one, other) => one.at - other.at)
      .map(({ name }) => name);
  }
  const bare = trimmed.replaceAll(/^[[{(]|[\]})]$/g, "");
  const parting = /->|→|>|\|/.test(bare) ? /\s*(?:->|→|>|\|)\s*/ : /\s*,\s*/;
  return inOrder(
    bare
      .split(parting)
      .map((part) => part.trim().replaceAll(/^["']|["']$/g, ""))
      .filter((part) => part !== ""),
  );
}

/** Steps that carry their places, "1 Display", "2 Search": put into that order, and named without them. */
function inOrder(steps: string[]): string[] {
  const placed = steps.map((step) => /^(\d{1,3})[.):]?\s+(\S.*)$/.exec(step));
  const places = placed.map((match) => Number(match?.[1]));
  if (new Set(places).size < steps.length || places.some((place) => !(place >= 1 && place <= steps.length))) return steps;
  return placed
    .map((match, index) => ({ at: places[index] ?? 0, name: match?.[2] ?? "" }))
    .sort((one, other) => one.at - other.at)
    .map(({ name }) => name);
}

/** Paths laid into columns, one a step: a node stands for a thing at its place, a link for those who went on. */
export function flowOf(rows: readonly (readonly [Cell, Cell])[]): Flow {
  const nodes = new Map<string, { name: string; step: number }>();
  const links = new Map<string, { source: string; target: string; value: number }>();
  for (const [path, weight] of rows) {
    const value = toNumber(weight) ?? 0;
    if (typeof path !== "string" || value <= 0) continue;
    const names = stepsOf(path)
      .slice(0, most)
      .map((name, step) => ({ name: `${String(step + 1)}. ${name}`, step }));
    names.forEach((node, step) => {
      nodes.set(node.name, node);
      const before = names[step - 1];
      if (before === undefined) return;
      const key = `${before.name}\u0000${node.name}`;
      const link = links.get(key) ?? { source: before.name, target: node.name, value: 0 };
      link.value += value;
      links.set(key, link);
    });
  }
  return { nodes: [...nodes.values()], links: [...links.values()] };
}
