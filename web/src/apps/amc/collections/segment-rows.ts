import type { Segment } from "./types";

export interface SegmentRow {
  client: Segment["instance"];
  /** One place a column; empty where a client has no such segment. */
  cells: (Segment | undefined)[];
}

export interface SegmentGrid {
  columns: { start: string; end: string }[];
  rows: SegmentRow[];
}

/** Clients as rows, stretches of time as columns, both in order. */
export function gridOf(segments: readonly Segment[], clients: readonly Segment["instance"][]): SegmentGrid {
  const columns = new Map<string, { start: string; end: string }>();
  const byClient = new Map<string, Map<string, Segment>>();
  for (const segment of segments) {
    const key = `${segment.start}/${segment.end}`;
    columns.set(key, { start: segment.start, end: segment.end });
    const own = byClient.get(segment.instance.id) ?? new Map<string, Segment>();
    own.set(key, segment);
    byClient.set(segment.instance.id, own);
  }
  const ordered = [...columns.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  const shown = clients.filter(({ id }) => byClient.has(id));
  return {
    columns: ordered.map(([, span]) => span),
    rows: shown.map((client) => ({ client, cells: ordered.map(([key]) => byClient.get(client.id)?.get(key)) })),
  };
}

/** Columns that follow each other within one month (or year, for long ones) share a head. */
export function headsOf(columns: readonly { start: string }[], unit: string): { text: string; span: number }[] {
  const long = unit === "month" || unit === "quarter";
  const heads: { text: string; span: number }[] = [];
  for (const { start } of columns) {
    const text = start.slice(0, long ? 4 : 7);
    const last = heads.at(-1);
    if (last?.text === text) last.span += 1;
    else heads.push({ text, span: 1 });
  }
  return heads;
}
