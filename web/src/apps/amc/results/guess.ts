import type { Cell, ResultColumn, Run } from "../types";
import { isNumeric } from "./cells";

export interface Parts {
  words: ResultColumn[];
  numbers: ResultColumn[];
}

/** The columns that name things, and those that count them: what a chart begins with. */
export function partsOf(run: Run): Parts {
  const columns = run.columns ?? [];
  return { words: columns.filter(({ type }) => !isNumeric(type)), numbers: columns.filter(({ type }) => isNumeric(type)) };
}

/** A column that holds whole paths, as the queries of that kind call theirs. */
export function pathColumn({ words }: Parts): string | null {
  return words.find(({ name }) => /path|journey|sequence/i.test(name))?.name ?? null;
}

/** The column that counts: people before anything else, never a rate, which cannot be added up. */
export function weightColumn({ numbers }: Parts, except = ""): string {
  const known = numbers.map(({ name }) => name).filter((name) => name !== except);
  return (
    known.find((name) => /users|people|reach|audience/i.test(name)) ??
    known.find((name) => !/(^|_)(in|is|has)_|rate|share|ratio|percent|average|_at$|ctr|cvr|roas|hour|day|week|month|_id$/i.test(name)) ??
    known[0] ??
    ""
  );
}

/** The columns of rows that say yes or no and nothing else: by name and at which place. */
export function yesNoColumns(columns: readonly ResultColumn[], rows: readonly (readonly Cell[])[]): string[] {
  const plain = new Set<Cell | undefined>([0, 1, "0", "1", true, false, "true", "false", null]);
  if (rows.length === 0) return [];
  return columns.filter((_, index) => rows.every((row) => plain.has(row[index]))).map(({ name }) => name);
}
