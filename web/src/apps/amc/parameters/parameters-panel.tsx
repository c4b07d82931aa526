import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ArrowDown, ArrowUp, Pencil, Plus, ScanSearch, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { post } from "@/kernel/client";
import { Button, IconButton } from "@/ui/button";
import { say } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { askedTables } from "../editor/sql-words";
import type { Parameter } from "../types";
import { plainWord } from "../words";
import { compareDeclared, declare } from "./declare";

const ParameterDialog = lazy(() => import("./parameter-dialog").then((file) => ({ default: file.ParameterDialog })));

interface Detected {
  sql: string;
  parameters: Parameter[];
  notes: string[];
}

interface ParametersPanelProps {
  sql: string;
  parameters: readonly Parameter[];
  onChange: (parameters: Parameter[]) => void;
  /** A query that was converted, together with its parameters. */
  onConvert: (sql: string, parameters: Parameter[]) => void;
  onInsert: (text: string) => void;
  readOnly: boolean;
}

/** What the query asks for: each name with its type, declared once and for all. */
export function ParametersPanel({ sql, parameters, onChange, onConvert, onInsert, readOnly }: ParametersPanelProps) {
  const [edited, setEdited] = useState<Parameter | null>(null);
  const { missing, unused } = compareDeclared(sql, parameters);
  const tables = askedTables(sql);
  const detect = useAct({
    work: () => post<Detected>("/amc/parameters/detect", { sql, parameters }),
    refresh: [],
    refused: t`The query stays as it was`,
    onDone: (found) => {
      onConvert(found.sql, found.parameters);
      say({ title: t`${found.parameters.length} parameters declared`, ...(found.notes.length === 0 ? {} : { detail: found.notes.join(" ") }) });
    },
  });
  const keep = (before: string, after: Parameter) => {
    const others = parameters.filter(({ name }) => name !== before);
    const place = parameters.findIndex(({ name }) => name === before);
    onChange(place < 0 ? [...others, after] : [...others.slice(0, place), after, ...others.slice(place)]);
    setEdited(null);
  };
  const move = (place: number, by: 1 | -1) => {
    const next = [...parameters];
    const [moved] = next.splice(place, 1);
    if (moved !== undefined) onChange([...next.slice(0, place + by), moved, ...next.slice(place + by)]);
  };
  return (
    <div className="text-12">
      {missing.length > 0 && !readOnly && (
        <div className="mb-13 rounded-5 bg-warn-soft p-8 text-ink">
          <p className="mb-5">
            <Trans>The query asks for these, and nobody declared them:</Trans>
          </p>
          <div className="flex flex-wrap gap-5">
            {missing.map((name) => (
              // Which tables fit in a place only the server tells.
              <Button key={name} icon={<Plus size={13} aria-hidden />} onClick={() => (tables.includes(name) ? detect.mutate() : onChange([...parameters, declare(name, sql)]))}>
                <Trans>Declare {name}</Trans>
              </Button>
            ))}
          </div>
        </div>
      )}
      {parameters.length === 0 && missing.length === 0 && (
        <p className="label">
          <Trans>
            No parameter yet. Write <code className="font-mono text-ink">CUSTOM_PARAMETER('name')</code> where a value comes from
            whoever runs the query.
          </Trans>
        </p>
      )}
      {!readOnly && sql.trim() !== "" && (
        <Button className="mb-8" icon={<ScanSearch size={13} aria-hidden />} busy={detect.isPending} onClick={() => detect.mutate()}>
          <Trans>Find and convert them</Trans>
        </Button>
      )}
      <ul>
        {parameters.map((parameter, place) => (
          <li key={parameter.name} className="flex items-center gap-5 border-b border-line py-5 last:border-0">
            <button
              type="button"
              title={t`Insert at the cursor`}
              onClick={() => onInsert(parameter.kind === "table" ? `{{${parameter.name}}}` : `CUSTOM_PARAMETER('${parameter.name}')`)}
              className="min-w-0 flex-1 text-left"
            >
              <span className="block truncate font-mono font-medium">{parameter.name}</span>
              <span className="text-muted">
                {typeWords(parameter)}
                {parameter.group !== "" && ` · ${parameter.group}`}
                {unused.includes(parameter.name) && ` · ${t`not used`}`}
              </span>
            </button>
            {!readOnly && (
              <>
                {place > 0 && (
                  <IconButton label={t`Ask for ${parameter.name} earlier`} onClick={() => move(place, -1)}>
                    <ArrowUp size={13} aria-hidden />
                  </IconButton>
                )}
                {place === 0 && parameters.length > 1 && (
                  <IconButton label={t`Ask for ${parameter.name} later`} onClick={() => move(place, 1)}>
                    <ArrowDown size={13} aria-hidden />
                  </IconButton>
                )}
                <IconButton label={t`Change ${parameter.name}`} onClick={() => setEdited(parameter)}>
                  <Pencil size={13} aria-hidden />
                </IconButton>
                <IconButton
                  label={t`Remove ${parameter.name}`}
                  onClick={() => onChange(parameters.filter(({ name }) => name !== parameter.name))}
                >
                  <Trash2 size={13} aria-hidden />
                </IconButton>
              </>
            )}
          </li>
        ))}
      </ul>
      <Suspense>
        {edited !== null && (
          <ParameterDialog parameter={edited} onClose={() => setEdited(null)} onKeep={(after) => keep(edited.name, after)} />
        )}
      </Suspense>
    </div>
  );
}

/** "List of STRING · Asin list"; of a table, from how many it is chosen. */
function typeWords({ kind, list, data_type: type, options }: Parameter): string {
  if (kind === "table") return plural(options?.length ?? 0, { one: "one of # table", other: "one of # tables" });
  const words = list ? t`List of ${type}` : type;
  return kind === "plain" ? words : `${words} · ${plainWord(kind)}`;
}
