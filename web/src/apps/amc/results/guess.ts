import type { ResultColumn, Run } from "../types";
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
