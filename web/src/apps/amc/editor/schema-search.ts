import type { Schema, SchemaColumn, SchemaTable } from "./check-types";

export interface SchemaFilter {
  text: string;
  kind: string;
  threshold: string;
}

export interface FoundTable {
  table: SchemaTable;
  columns: SchemaColumn[];
}

/** Tables and their columns that fit a filter; a table whose own name fits keeps all its columns. */
export function searchSchema(schema: Schema, { text, kind, threshold }: SchemaFilter): FoundTable[] {
  const wanted = text.trim().toLowerCase();
  return schema.tables.flatMap((table) => {
    const named = wanted !== "" && table.name.toLowerCase().includes(wanted);
    const columns = table.columns.filter(
      (column) =>
        (kind === "" || column.kind === kind) &&
        (threshold === "" || column.threshold === threshold) &&
        (wanted === "" || named || column.name.toLowerCase().includes(wanted) || column.description.toLowerCase().includes(wanted)),
    );
    return columns.length === 0 ? [] : [{ table, columns }];
  });
}
