import { languages } from "monaco-editor/editor";

export const languageId = "amcsql";

const keywords =
  "ALL AND AS ASC BETWEEN BY CASE CAST CROSS DESC DISTINCT ELSE END EXISTS FALSE FOLLOWING FROM FULL GROUP HAVING IN INNER " +
  "IS JOIN LEFT LIKE NOT NULL ON OR ORDER OUTER OVER PARTITION PRECEDING RANGE ROWS SELECT SIMILAR TABLE THEN TO TRUE " +
  "UNBOUNDED UNION USING VALUES WHEN WHERE WINDOW WITH INTERVAL CURRENT ROW FILTER WITHIN";
const types = "ARRAY BIGINT BOOLEAN BYTE DATE DECIMAL DOUBLE FLOAT INT INTEGER LONG MAP SHORT STRING TIMESTAMP VARCHAR";
const refused = "DELETE DROP INSERT LIMIT RIGHT UPDATE CREATE ALTER";

const list = (words: string) => words.split(" ");

let registered = false;

/** Tells the editor the language of AMC: its words, its brackets, its comments. Once is enough. */
export function registerAmcSql(): void {
  if (registered) return;
  registered = true;
  languages.register({ id: languageId });
  languages.setLanguageConfiguration(languageId, {
    comments: { lineComment: "--", blockComment: ["/*", "*/"] },
    brackets: [
      ["(", ")"],
      ["[", "]"],
    ],
    autoClosingPairs: [
      { open: "(", close: ")" },
      { open: "[", close: "]" },
      { open: "'", close: "'", notIn: ["string", "comment"] },
      { open: '"', close: '"', notIn: ["string", "comment"] },
    ],
    wordPattern: /[A-Za-z_][A-Za-z0-9_]*|\d+/,
  });
  languages.setMonarchTokensProvider(languageId, {
    ignoreCase: true,
    defaultToken: "",
    keywords: list(keywords),
    types: list(types),
    refused: list(refused),
    tokenizer: {
      root: [
        [/--.*$/, "comment"],
        [/\/\*/, "comment", "@comment"],
        [/(custom_parameter|built_in_parameter|extend_time_window)(?=\s*\()/, "parameter"],
        [/\{\{\s*\w+\s*\}\}/, "parameter"],
        [/[a-z_]\w*(?=\s*\()/, { cases: { "@keywords": "keyword", "@types": "type", "@default": "function" } }],
        [/[a-z_]\w*/, { cases: { "@refused": "invalid", "@keywords": "keyword", "@types": "type", "@default": "identifier" } }],
        [/\d+(\.\d+)?(e[+-]?\d+)?/, "number"],
        [/'/, "string", "@text"],
        [/"[^"]*"|`[^`]*`/, "identifier"],
        [/[()[\]]/, "@brackets"],
        [/<=|>=|<>|!=|\|\||[-+*/%<>=]/, "operator"],
        [/[,.;]/, "delimiter"],
      ],
      comment: [
        [/[^*/]+/, "comment"],
        [/\*\//, "comment", "@pop"],
        [/[*/]/, "comment"],
      ],
      text: [
        [/''/, "string"],
        [/[^']+/, "string"],
        [/'/, "string", "@pop"],
      ],
    },
  });
}
