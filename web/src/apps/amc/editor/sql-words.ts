import { plainBreaks } from "./offsets";

export type SqlPart = "keyword" | "function" | "string" | "number" | "comment" | "parameter" | "plain";

const keywords = new Set(
  (
    "ALL AND AS ASC BETWEEN BY CASE CAST CROSS DESC DISTINCT ELSE END EXISTS FALSE FOLLOWING FROM FULL GROUP HAVING IN INNER IS JOIN " +
    "LEFT LIKE NOT NULL ON OR ORDER OUTER OVER PARTITION PRECEDING RANGE ROWS SELECT SIMILAR TABLE THEN TO TRUE UNBOUNDED UNION USING " +
    "VALUES WHEN WHERE WINDOW WITH"
  ).split(" "),
);
const parameters = new Set(["CUSTOM_PARAMETER", "BUILT_IN_PARAMETER", "EXTEND_TIME_WINDOW"]);
const shape = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\{\{\s*[\w.-]+\s*\}\}|[A-Za-z_]\w*|\d+(?:\.\d+)?|\s+|./g;

function partOf(word: string, rest: string): SqlPart {
  if (word.startsWith("--") || word.startsWith("/*")) return "comment";
  if (word.startsWith("'")) return "string";
  if (word.startsWith("{{")) return "parameter";
  if (/^\d/.test(word)) return "number";
  const upper = word.toUpperCase();
  if (parameters.has(upper)) return "parameter";
  if (keywords.has(upper)) return "keyword";
  return /^[A-Za-z_]/.test(word) && /^\s*\(/.test(rest) ? "function" : "plain";
}

/** A query cut into what a reader tells apart; neighbours of one kind are one piece. */
export function sqlWords(sql: string): { part: SqlPart; text: string }[] {
  const words: { part: SqlPart; text: string }[] = [];
  for (const match of sql.matchAll(shape)) {
    const part = partOf(match[0], sql.slice(match.index + match[0].length, match.index + match[0].length + 3));
    const last = words.at(-1);
    if (last?.part === part) last.text += match[0];
    else words.push({ part, text: match[0] });
  }
  return words;
}

/** The same, line by line. */
export function sqlLines(sql: string): { part: SqlPart; text: string }[][] {
  const lines: { part: SqlPart; text: string }[][] = [[]];
  for (const { part, text } of sqlWords(plainBreaks(sql))) {
    text.split("\n").forEach((piece, index) => {
      if (index > 0) lines.push([]);
      if (piece !== "") lines.at(-1)?.push({ part, text: piece });
    });
  }
  return lines;
}

/** The query with the tables that were chosen where it has {{names}}; comments and texts stay. */
export function withTables(sql: string, tables: Record<string, string>): string {
  const written = (text: string) => text.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) => tables[name] ?? whole);
  return sqlWords(sql)
    .map(({ part, text }) => (part === "parameter" ? written(text) : text))
    .join("");
}

const withoutComments = (sql: string) => sql.replaceAll(/--[^\r\n]*|\/\*[\s\S]*?\*\//g, "");

/** The tables that whoever runs a query chooses, {{source}}: AMC has no parameter for these. */
export function askedTables(sql: string): string[] {
  return [...new Set([...withoutComments(sql).matchAll(/\{\{\s*([\w.-]+)\s*\}\}/g)].flatMap((match) => match[1] ?? []))];
}

/** The parameters that a query asks for, in the order in which they first stand in it. */
export function askedParameters(sql: string): string[] {
  const bare = withoutComments(sql);
  return [...new Set([...bare.matchAll(/CUSTOM_PARAMETER\s*\(\s*'(\w+)'\s*\)/gi)].flatMap((match) => match[1] ?? []))];
}
