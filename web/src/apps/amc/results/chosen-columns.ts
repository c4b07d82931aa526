import type { ResultColumn } from "../types";

// A name may hold any character: those that part names are written otherwise.
const write = (name: string) => name.replaceAll("%", "%25").replaceAll(",", "%2C");
const read = (part: string) => part.replaceAll("%2C", ",").replaceAll("%25", "%");

/** What the address says of the columns shown, in their order; nothing where that is all of them as AMC gave them. */
export function writeColumns(shown: readonly string[], all: readonly ResultColumn[]): string | undefined {
  const plain = shown.length === all.length && shown.every((name, at) => all[at]?.name === name);
  return plain ? undefined : shown.map(write).join(",");
}

/** The columns to be shown, in their order. What this result has not is left out; of nothing that fits all is shown. */
export function readColumns(text: string | undefined, all: readonly ResultColumn[]): string[] {
  const names = all.map(({ name }) => name);
  const chosen = text === undefined ? [] : [...new Set(text.split(",").map(read))].filter((name) => names.includes(name));
  return chosen.length === 0 ? names : chosen;
}

/** All columns in the order of those shown, each hidden one behind the column it follows in the result. */
export function orderOf(shown: readonly string[], all: readonly ResultColumn[]): string[] {
  const order = [...shown];
  all.forEach(({ name }, at) => {
    if (!order.includes(name)) order.splice(order.indexOf(all[at - 1]?.name ?? "") + 1, 0, name);
  });
  return order;
}
