import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { ChevronRight, CornerDownLeft } from "lucide-react";
import type { ReactNode } from "react";

import { Badge } from "@/ui/badge";

import { plainWord, thresholdWord } from "../words";
import type { SchemaColumn, SchemaTable } from "./check-types";
import type { FoundTable } from "./schema-search";
import { SqlView } from "./sql-view";

interface TableEntryProps {
  found: FoundTable;
  open: boolean;
  onToggle: () => void;
  onInsert?: (text: string) => void;
  onSample: (table: SchemaTable) => ReactNode;
}

/** One table: what it holds, what a run's window filters, a query to begin with, its columns. */
export function TableEntry({ found, open, onToggle, onInsert, onSample }: TableEntryProps) {
  const { table, columns } = found;
  return (
    <div className="border-b border-line py-3 last:border-0">
      <div className="flex items-center">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex min-h-34 min-w-0 flex-1 items-center gap-5 text-left font-mono text-12 hover:text-link"
        >
          <ChevronRight size={12} aria-hidden className={clsx("shrink-0 transition-transform", open && "rotate-90")} />
          <span className="min-w-0 break-all">{table.name}</span>
          {table.requires !== null && (
            <span className="ml-5 shrink-0 font-sans">
              <Badge tone="info">
                <Trans>Paid</Trans>
              </Badge>
            </span>
          )}
          {table.tags.map((tag) => (
            <span key={tag} className="shrink-0 font-sans">
              <Badge tone={tag === "DEPRECATED" ? "warn" : "info"}>{plainWord(tag.toLowerCase())}</Badge>
            </span>
          ))}
          <span className="ml-auto shrink-0 pl-5 text-muted">{columns.length}</span>
        </button>
        {onInsert !== undefined && <Insert name={table.name} onInsert={onInsert} />}
      </div>
      {open && (
        <div className="pb-8 pl-21">
          <About table={table} />
          <SqlView sql={table.sample} className="mt-8 max-h-[34dvh]" />
          <div className="mt-5 mb-8">{onSample(table)}</div>
          <ul>
            {columns.map((column) => (
              <ColumnEntry key={column.name} column={column} {...(onInsert === undefined ? {} : { onInsert })} />
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function About({ table: { description, time_column: time, requires } }: { table: SchemaTable }) {
  return (
    <div className="max-w-618 text-12">
      <p>{description}.</p>
      <p className="mt-3 text-muted">
        {time === null ? (
          <Trans>It knows no time: a run's window leaves all of it in.</Trans>
        ) : (
          <Trans>
            A run's window filters <code className="font-mono break-all">{time}</code>.
          </Trans>
        )}
      </p>
      {requires !== null && (
        <p className="mt-3 text-muted">
          <Trans>It belongs to the paid product {requires}; a client without it has no rows here.</Trans>
        </p>
      )}
    </div>
  );
}

function ColumnEntry({ column, onInsert }: { column: SchemaColumn; onInsert?: (text: string) => void }) {
  return (
    <li className="flex items-start gap-5 border-t border-line py-5 text-12">
      <div className="min-w-0 flex-1 @[618px]:grid @[618px]:grid-cols-[1fr_1fr_1.618fr] @[618px]:gap-13">
        <p className="font-mono break-all">{column.name}</p>
        <p className="text-muted">
          {[column.type, column.kind, thresholdWord(column.threshold), column.unit].filter((part) => part !== null && part !== "").join(" · ")}
        </p>
        <p className="text-muted">{column.description}</p>
      </div>
      {onInsert !== undefined && <Insert name={column.name} onInsert={onInsert} />}
    </li>
  );
}

function Insert({ name, onInsert }: { name: string; onInsert: (text: string) => void }) {
  return (
    <button
      type="button"
      aria-label={t`Insert ${name}`}
      title={t`Insert at the cursor`}
      onClick={() => onInsert(name)}
      className="inline-flex size-34 shrink-0 items-center justify-center rounded-5 text-muted hover:bg-sunken hover:text-ink"
    >
      <CornerDownLeft size={13} aria-hidden />
    </button>
  );
}
