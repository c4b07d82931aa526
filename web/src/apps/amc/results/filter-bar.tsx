import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { ResultColumn } from "../types";
import { operators, type Operator, type RowFilter } from "./result-types";

interface FilterBarProps {
  columns: readonly ResultColumn[];
  filters: readonly RowFilter[];
  onChange: (filters: RowFilter[]) => void;
}

function operatorWord(operator: Operator): string {
  const words: Record<Operator, string> = {
    "=": t`is`,
    "!=": t`is not`,
    "<": t`less than`,
    "<=": t`at most`,
    ">": t`more than`,
    ">=": t`at least`,
    contains: t`contains`,
    starts: t`begins with`,
    is_null: t`is empty`,
    not_null: t`is not empty`,
  };
  return words[operator];
}

const valueless = (operator: Operator) => operator === "is_null" || operator === "not_null";

/** The filters of a result as chips, and the way to one more. */
export function FilterBar({ columns, filters, onChange }: FilterBarProps) {
  const [adding, setAdding] = useState(false);
  return (
    <>
      {filters.map(([column, operator, value], index) => {
        const label = [column, operatorWord(operator), value].filter((part) => part !== undefined).join(" ");
        return (
          <span key={`${label}-${index}`} className="inline-flex h-[26px] max-w-full items-center gap-3 rounded-full bg-sunken pr-3 pl-13 text-12">
            <span className="truncate">{label}</span>
            <button
              type="button"
              aria-label={t`Remove filter ${label}`}
              onClick={() => onChange(filters.filter((_, other) => other !== index))}
              className="inline-flex size-21 shrink-0 items-center justify-center rounded-full hover:bg-line"
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        );
      })}
      <Button icon={<Plus size={13} aria-hidden />} onClick={() => setAdding(true)}>
        <Trans>Filter</Trans>
      </Button>
      {adding && (
        <AddFilter
          columns={columns}
          onClose={() => setAdding(false)}
          onAdd={(filter) => {
            onChange([...filters, filter]);
            setAdding(false);
          }}
        />
      )}
    </>
  );
}

interface AddFilterProps {
  columns: readonly ResultColumn[];
  onClose: () => void;
  onAdd: (filter: RowFilter) => void;
}

function AddFilter({ columns, onClose, onAdd }: AddFilterProps) {
  const [column, setColumn] = useState(columns[0]?.name ?? "");
  const [operator, setOperator] = useState<Operator>("=");
  const [value, setValue] = useState("");
  const ready = valueless(operator) || value !== "";
  return (
    <Dialog open onClose={onClose} title={<Trans>Filter the rows</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onAdd(valueless(operator) ? [column, operator] : [column, operator, value]);
        }}
      >
        <Field label={t`Column`}>
          {({ id }) => <Select id={id} value={column} choices={columns.map(({ name }) => ({ value: name, label: name }))} onChange={setColumn} />}
        </Field>
        <Field label={t`Test`}>
          {({ id }) => (
            <Select<Operator> id={id} value={operator} choices={operators.map((each) => ({ value: each, label: operatorWord(each) }))} onChange={setOperator} />
          )}
        </Field>
        {!valueless(operator) && <TextField label={t`Value`} autoFocus value={value} onChange={(event) => setValue(event.target.value)} />}
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" disabled={!ready}>
            <Trans>Filter</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
