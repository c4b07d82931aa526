import { t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";
import { clsx } from "clsx";
import { ChevronRight, CornerDownLeft } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";

import { inputClass } from "@/ui/field";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { plainWord, thresholdWord } from "../words";
import type { Schema, SchemaColumn } from "./check-types";
import { searchSchema, type FoundTable } from "./schema-search";
import { useSchema } from "./use-schema";

/** The tables of AMC beside the query: searched, narrowed by threshold, put in where the cursor stands. */
export function SchemaPanel({ onInsert }: { onInsert: (text: string) => void }) {
  const { data, error, isPending, refetch } = useSchema();
  if (isPending) return <RowsSkeleton rows={6} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Tables schema={data} onInsert={onInsert} />;
}

const levels = ["NONE", "LOW", "MEDIUM", "HIGH", "VERY_HIGH", "INTERNAL"];

function Tables({ schema, onInsert }: { schema: Schema; onInsert: (text: string) => void }) {
  const [text, setText] = useState("");
  const [kind, setKind] = useState("");
  const [threshold, setThreshold] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const wanted = useDeferredValue(text);
  const found = useMemo(() => searchSchema(schema, { text: wanted, kind, threshold }), [schema, wanted, kind, threshold]);
  const groups = [...new Set(found.map(({ table }) => table.group))];
  const kinds = useMemo(() => [...new Set(schema.tables.flatMap(({ columns }) => columns.map((column) => column.kind)))], [schema]);
  return (
    <div>
      <input
        type="search"
        aria-label={t`Search tables and columns`}
        placeholder={t`Table, column or description`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={clsx(inputClass.replace("text-16", "text-12"), "h-34")}
      />
      <div className="my-8 grid grid-cols-2 gap-8">
        <Select
          dense
          label={t`Kind of column`}
          value={kind}
          choices={[{ value: "", label: t`Any kind` }, ...kinds.map((value) => ({ value, label: plainWord(value) }))]}
          onChange={setKind}
        />
        <Select
          dense
          label={t`Threshold`}
          value={threshold}
          choices={[
            { value: "", label: t`Any threshold` },
            ...levels.map((value) => ({ value, label: `${thresholdWord(value)} (${value})` })),
          ]}
          onChange={setThreshold}
        />
      </div>
      <p className="label" role="status">
        <Plural value={found.length} one="# table" other="# tables" />
      </p>
      {groups.map((group) => (
        <section key={group} className="mt-8">
          <h3 className="text-10 font-medium tracking-[0.05em] text-muted uppercase">{plainWord(group)}</h3>
          {found
            .filter(({ table }) => table.group === group)
            .map((one) => (
              <TableEntry
                key={one.table.name}
                found={one}
                open={opened === one.table.name || (wanted.trim() !== "" && found.length <= 3)}
                onToggle={() => setOpened((before) => (before === one.table.name ? null : one.table.name))}
                onInsert={onInsert}
              />
            ))}
        </section>
      ))}
    </div>
  );
}

interface TableEntryProps {
  found: FoundTable;
  open: boolean;
  onToggle: () => void;
  onInsert: (text: string) => void;
}

function TableEntry({ found, open, onToggle, onInsert }: TableEntryProps) {
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
          <span className="ml-auto shrink-0 pl-5 text-muted">{columns.length}</span>
        </button>
        <Insert name={table.name} onInsert={onInsert} />
      </div>
      {open && (
        <>
          <p className="label mb-5 pl-21">{table.description}</p>
          <ul className="pl-21">
            {columns.map((column) => (
              <ColumnEntry key={column.name} column={column} onInsert={onInsert} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function ColumnEntry({ column, onInsert }: { column: SchemaColumn; onInsert: (text: string) => void }) {
  return (
    <li className="flex items-start gap-5 border-t border-line py-5 text-12">
      <div className="min-w-0 flex-1">
        <p className="font-mono break-all">{column.name}</p>
        <p className="text-muted">
          {[column.type, column.kind, thresholdWord(column.threshold), column.unit].filter((part) => part !== null && part !== "").join(" · ")}
        </p>
        <p className="text-muted">{column.description}</p>
      </div>
      <Insert name={column.name} onInsert={onInsert} />
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
