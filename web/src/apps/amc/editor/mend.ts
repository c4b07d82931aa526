import type { Finding } from "./check-types";
import { offsetOf, plainBreaks } from "./offsets";

/** The query with a mend put in its place. */
export function mended(sql: string, { fix }: Finding): string {
  if (fix === null) return sql;
  const text = plainBreaks(sql);
  const start = offsetOf(text, fix.range.start_line, fix.range.start_column);
  const end = offsetOf(text, fix.range.end_line, fix.range.end_column);
  return text.slice(0, start) + fix.text + text.slice(end);
}
