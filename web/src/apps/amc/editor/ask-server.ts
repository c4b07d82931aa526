import { post } from "@/kernel/client";

import type { Completion } from "./check-types";

/** The server counts characters, the page halves of some: an offset as the server counts it. */
export const toServerOffset = (text: string, offset: number) => Array.from(text.slice(0, offset)).length;

export function fromServerOffset(text: string, offset: number): number {
  return Array.from(text).slice(0, offset).join("").length;
}

export const formatSql = async (sql: string) => (await post<{ sql: string }>("/amc/format", { sql })).sql;

interface Kept {
  before: string;
  after: string;
  answer: Completion;
}

let kept: Kept | null = null;

/** What may stand at `offset`; while only the word there grows, what was answered for its beginning. */
export async function complete(sql: string, offset: number, parameters: readonly string[], signal: AbortSignal): Promise<Completion> {
  const typed = /\w*$/.exec(sql.slice(0, offset))?.[0].length ?? 0;
  const before = sql.slice(0, offset - typed);
  const after = sql.slice(offset);
  if (kept !== null && kept.before === before && kept.after === after) return { ...kept.answer, from: before.length, to: offset };
  const told = await post<Completion>("/amc/complete", { sql, offset: toServerOffset(sql, offset), parameters }, { signal });
  const answer = { ...told, from: fromServerOffset(sql, told.from), to: fromServerOffset(sql, told.to) };
  // Only what belongs to the whole word can serve again when the word grows.
  kept = answer.from === before.length && typed <= 1 ? { before, after, answer } : null;
  return answer;
}
