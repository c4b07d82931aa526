import { t } from "@lingui/core/macro";

import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { ResultColumn } from "../types";
import { conditionOf, withColumn, type ConditionDraft } from "./condition-draft";
import { aggregatesFor, aggregateText, conditionText, operatorText } from "./condition-words";
import { operators, type AlertAggregate, type Operator } from "./types";

interface ConditionFieldsProps {
  columns: readonly ResultColumn[];
  draft: ConditionDraft;
  onChange: (draft: ConditionDraft) => void;
}

/** A condition put together from the columns of a result, and read back as a sentence. */
export function ConditionFields({ columns, draft, onChange }: ConditionFieldsProps) {
  const known = aggregatesFor(columns.find(({ name }) => name === draft.column));
  const condition = conditionOf(draft);
  return (
    <fieldset className="flex flex-col gap-13">
      <legend className="mb-8 text-12 font-semibold">{t`Tell when`}</legend>
      <div className="grid gap-13 sm:grid-cols-2">
        <Field label={t`Figure`}>
          {({ id }) => (
            <Select
              id={id}
              value={draft.column}
              choices={[{ value: "", label: t`Number of rows` }, ...columns.map(({ name }) => ({ value: name, label: name }))]}
              onChange={(column) => onChange(withColumn(draft, column, columns))}
            />
          )}
        </Field>
        {draft.column !== "" && (
          <Field label={t`Of all rows`}>
            {({ id }) => (
              <Select<AlertAggregate>
                id={id}
                value={draft.aggregate}
                choices={known.map((value) => ({ value, label: aggregateText(value) }))}
                onChange={(aggregate) => onChange({ ...draft, aggregate })}
              />
            )}
          </Field>
        )}
        <Field label={t`Comparison`}>
          {({ id }) => (
            <Select<Operator>
              id={id}
              value={draft.op}
              choices={operators.map((value) => ({ value, label: operatorText(value) }))}
              onChange={(op) => onChange({ ...draft, op })}
            />
          )}
        </Field>
        <TextField
          label={t`Limit`}
          inputMode="decimal"
          value={draft.value}
          onChange={(event) => onChange({ ...draft, value: event.target.value })}
          {...(condition === null ? { error: t`Enter a number, e.g. 0.25` } : {})}
        />
      </div>
      {condition !== null && (
        <p role="status" className="label">
          {conditionText(condition)}.
        </p>
      )}
    </fieldset>
  );
}
