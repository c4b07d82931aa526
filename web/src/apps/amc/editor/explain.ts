import { t } from "@lingui/core/macro";

import { thresholdWord } from "../words";
import type { Schema, SchemaColumn, SchemaTable } from "./check-types";

/** Names are part of the text of a query: nothing in them may act as markup. */
const plain = (text: string) => text.replaceAll(/[\\`*_{}[\]<>#|]/g, "\\$&");

function ofColumn(table: SchemaTable, column: SchemaColumn): string {
  const facts = [column.type, column.kind, thresholdWord(column.threshold), column.unit].filter((fact) => fact !== null && fact !== "");
  return `**${plain(column.name)}** · ${plain(table.name)}\n\n${facts.map((fact) => plain(String(fact))).join(" · ")}\n\n${plain(column.description)}`;
}

const most = 3;

/** What the schema says of a word in a query, as short pieces of Markdown: a table, a function, or columns of the tables in use. */
export function explain(schema: Schema, word: string, sql: string): string[] {
  const wanted = word.toLowerCase();
  const table = schema.tables.find(({ name }) => name.toLowerCase() === wanted);
  if (table !== undefined) {
    const columns = table.columns.length;
    return [`**${plain(table.name)}** · ${t`${columns} columns`}\n\n${plain(table.description)}`];
  }
  const called = schema.functions.find(({ name }) => name.toLowerCase() === wanted);
  if (called !== undefined) return [`**${plain(called.signature)}**\n\n${plain(called.description)}`];
  const text = sql.toLowerCase();
  const used = schema.tables.filter(({ name }) => text.includes(name.toLowerCase()));
  const told = (used.length > 0 ? used : schema.tables).flatMap((one) =>
    one.columns.filter(({ name }) => name.toLowerCase() === wanted).map((column) => ofColumn(one, column)),
  );
  return told.slice(0, most);
}
