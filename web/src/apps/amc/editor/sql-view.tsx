import { t } from "@lingui/core/macro";
import { clsx } from "clsx";
import { useMemo } from "react";

import { sqlLines, type SqlPart } from "./sql-words";

const looks: Record<SqlPart, string> = {
  keyword: "font-semibold text-info",
  function: "text-warn",
  string: "text-ok",
  number: "text-ok",
  comment: "text-muted italic",
  parameter: "text-bad",
  plain: "",
};

const textOf = (words: readonly { text: string }[]) => words.map(({ text }) => text).join("");

interface SqlViewProps {
  sql: string;
  /** A line from 1, and the column of what is wrong there, to be marked. */
  mark?: { line: number; column: number | null } | null;
  className?: string;
}

/** A query to be read: lines with numbers, and the one that AMC complained of marked under its column. */
export function SqlView({ sql, mark = null, className }: SqlViewProps) {
  const lines = useMemo(() => sqlLines(sql), [sql]);
  return (
    <div
      role="group"
      tabIndex={0}
      aria-label={t`Query`}
      className={clsx("overflow-auto rounded-8 border border-line bg-paper py-8 font-mono text-12", className)}
    >
      <ol className="w-max min-w-full">
        {lines.map((words, index) => {
          const marked = mark?.line === index + 1;
          return (
            <li key={index} id={marked ? "marked-line" : undefined} className={clsx("flex", marked && "bg-bad-soft")}>
              <span aria-hidden className="w-44 shrink-0 pr-13 text-right text-muted select-none">
                {index + 1}
              </span>
              <span className="min-h-[18px] pr-21 whitespace-pre">
                {words.map((word, at) => (
                  <span key={at} className={looks[word.part]}>
                    {word.text}
                  </span>
                ))}
                {marked && mark.column !== null && (
                  <span aria-hidden className="block text-bad">
                    <span className="invisible">{textOf(words).slice(0, mark.column - 1)}</span>^
                  </span>
                )}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
