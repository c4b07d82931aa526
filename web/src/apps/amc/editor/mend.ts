import type { Finding } from "./check-types";
import { offsetOf } from "./offsets";

/** The query with a mend put in its place. */
export function mended(sql: string, { fix }: Finding): string {
  if (fix === null) return sql;
  const start = offsetOf(sql, fix.range.start_line, fix.range.start_column);
  const end = offsetOf(sql, fix.range.end_line, fix.range.end_column);
  return sql.slice(0, start) + fix.text + sql.slice(end);
}
