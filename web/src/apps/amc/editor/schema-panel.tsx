import { t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";
import { clsx } from "clsx";
import { lazy, Suspense, useDeferredValue, useMemo, useState, type ReactNode } from "react";

import { inputClass } from "@/ui/field";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { plainWord, thresholdWord } from "../words";
import type { Schema, SchemaTable } from "./check-types";
import { searchSchema } from "./schema-search";
import { TableEntry } from "./table-entry";
import { useSchema } from "./use-schema";

const ClientChoice = lazy(() => import("./client-choice").then((file) => ({ default: file.ClientChoice })));

interface SchemaPanelProps {
  /** Puts a name in where the cursor stands; none where nothing is written. */
  onInsert?: (text: string) => void;
  /** What can be done with a table's sample query. */
  onSample: (table: SchemaTable) => ReactNode;
  /** The table that is open at first. */
  first?: string | undefined;
  onOpen?: (table: string | null) => void;
  /** Whose tables they are; any client's without one. */
  clientId: string | undefined;
  onClient: (clientId: string | undefined) => void;
}

/** The tables of AMC: searched, narrowed by threshold; each with its columns and a query to begin with. */
export function SchemaPanel(props: SchemaPanelProps) {
  const { data, error, isPending, refetch } = useSchema(props.clientId);
  return (
    <>
      <div className="mb-8 max-w-618">
        <Suspense>
          <ClientChoice clientId={props.clientId} onChange={props.onClient} />
        </Suspense>
      </div>
      {isPending ? (
        <RowsSkeleton rows={6} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Tables {...props} schema={data} />
      )}
    </>
  );
}

const levels = ["NONE", "LOW", "MEDIUM", "HIGH", "VERY_HIGH", "INTERNAL"];

function Tables({ schema, onInsert, onSample, first, onOpen }: SchemaPanelProps & { schema: Schema }) {
  const [text, setText] = useState("");
  const [kind, setKind] = useState("");
  const [threshold, setThreshold] = useState("");
  const [opened, setOpened] = useState<string | null>(first ?? null);
  const wanted = useDeferredValue(text);
  const found = useMemo(() => searchSchema(schema, { text: wanted, kind, threshold }), [schema, wanted, kind, threshold]);
  const groups = [...new Set(found.map(({ table }) => table.group))];
  const kinds = useMemo(() => [...new Set(schema.tables.flatMap(({ columns }) => columns.map((column) => column.kind)))], [schema]);
  const turn = (name: string) => {
    const next = opened === name ? null : name;
    setOpened(next);
    onOpen?.(next);
  };
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
                onToggle={() => turn(one.table.name)}
                onSample={onSample}
                {...(onInsert === undefined ? {} : { onInsert })}
              />
            ))}
        </section>
      ))}
    </div>
  );
}
