import { post } from "@/kernel/client";

import type { Completion } from "./check-types";

export const formatSql = async (sql: string) => (await post<{ sql: string }>("/amc/format", { sql })).sql;

/** The values a query asks for, by name, and the tables that its {{names}} stand for. */
export interface Asks {
  parameters: readonly string[];
  tables: Record<string, string>;
}

interface Kept {
  before: string;
  after: string;
  answer: Completion;
}

let kept: Kept | null = null;

/** What may stand at `offset`; while only the word there grows, what was answered for its beginning. */
export async function complete(sql: string, offset: number, asks: Asks, signal: AbortSignal): Promise<Completion> {
  const typed = /\w*$/.exec(sql.slice(0, offset))?.[0].length ?? 0;
  const before = sql.slice(0, offset - typed);
  const after = sql.slice(offset);
  if (kept !== null && kept.before === before && kept.after === after) return { ...kept.answer, from: before.length, to: offset };
  // Offsets are counted there as here: in the units that a text is indexed by.
  const answer = await post<Completion>("/amc/complete", { sql, offset, ...asks }, { signal });
  // Only what belongs to the whole word can serve again when the word grows.
  kept = answer.from === before.length && typed <= 1 ? { before, after, answer } : null;
  return answer;
}
