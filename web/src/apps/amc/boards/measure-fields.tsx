import { t } from "@lingui/core/macro";

import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import { formats, measureKinds, type BoardMeasure, type Format, type MeasureKind } from "./types";
import { formatWord, kindWord } from "./words";

interface MeasureFieldsProps {
  measure: BoardMeasure;
  columns: readonly string[];
  onChange: (measure: BoardMeasure) => void;
}

/** What a measure is made of, and how its figures are read. */
export function MeasureFields({ measure, columns, onChange }: MeasureFieldsProps) {
  const set = (change: Partial<BoardMeasure>) => onChange({ ...measure, ...change });
  return (
    <div className="grid gap-13 sm:grid-cols-2">
      <TextField label={t`Label`} maxLength={200} value={measure.label} onChange={(event) => set({ label: event.target.value })} />
      <Field label={t`Kind`}>
        {({ id }) => (
          <Select<MeasureKind> id={id} value={measure.kind} choices={measureKinds.map((value) => ({ value, label: kindWord(value) }))} onChange={(kind) => set({ kind })} />
        )}
      </Field>
      {measure.kind === "ratio" ? (
        <>
          <ColumnField label={t`Sum of`} value={measure.numerator} columns={columns} onChange={(numerator) => set({ numerator })} />
          <ColumnField label={t`divided by the sum of`} value={measure.denominator} columns={columns} onChange={(denominator) => set({ denominator })} />
          <TextField
            label={t`Times`}
            hint={t`1,000 for a price per thousand.`}
            inputMode="decimal"
            defaultValue={String(measure.scale)}
            onChange={(event) => {
              const scale = Number(event.target.value);
              if (Number.isFinite(scale) && scale > 0) set({ scale });
            }}
          />
        </>
      ) : (
        <ColumnField label={t`Column`} value={measure.column} columns={columns} onChange={(column) => set({ column })} />
      )}
      <Field label={t`Read as`}>
        {({ id }) => <Select<Format> id={id} value={measure.format} choices={formats.map((value) => ({ value, label: formatWord(value) }))} onChange={(format) => set({ format })} />}
      </Field>
    </div>
  );
}

interface ColumnFieldProps {
  label: string;
  value: string | null | undefined;
  columns: readonly string[];
  onChange: (column: string) => void;
}

function ColumnField({ label, value, columns, onChange }: ColumnFieldProps) {
  // A column that the newest result lacks stays as it was chosen.
  const known = value === null || value === undefined || columns.includes(value) ? columns : [value, ...columns];
  return <Field label={label}>{({ id }) => <Select id={id} value={value ?? ""} choices={known.map((name) => ({ value: name, label: name }))} onChange={onChange} />}</Field>;
}
