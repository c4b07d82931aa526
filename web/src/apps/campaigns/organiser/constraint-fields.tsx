import { t } from "@lingui/core/macro";

import { parseMoney } from "@/kernel/money";
import { fromLocalField, zoneHere } from "@/kernel/time";
import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { ConstraintKind } from "./review-types";
import { constraintChoices } from "./review-words";

export interface ConstraintDraft {
  kind: ConstraintKind;
  text: string;
}

interface ConstraintFieldsProps {
  draft: ConstraintDraft;
  currency: string;
  onChange: (draft: ConstraintDraft) => void;
}

/** What the acceptance depends on: the rules hold the campaign to it. */
export function ConstraintFields({ draft, currency, onChange }: ConstraintFieldsProps) {
  const { kind, text } = draft;
  const zone = zoneHere();
  const dated = kind === "deadline_at_latest";
  return (
    <>
      <Field label={t`Constraint`} hint={t`The campaign is published only if it meets it, and the rules hold it to it afterwards.`}>
        {({ id }) => (
          <Select id={id} value={kind} choices={constraintChoices()} onChange={(next) => onChange({ kind: next, text: "" })} />
        )}
      </Field>
      {kind !== "release_by_two_people" && (
        <TextField
          label={dated ? t`At latest` : kind === "bond_at_least_minor" ? t`Amount, ${currency}` : t`Units`}
          type={dated ? "datetime-local" : "text"}
          {...(dated ? { hint: t`In your time zone, ${zone}.` } : { inputMode: "decimal" as const })}
          value={text}
          onChange={(event) => onChange({ kind, text: event.target.value })}
        />
      )}
    </>
  );
}

interface Constraint {
  kind: ConstraintKind;
  amount: number | null;
  until: string | null;
}

/** The constraint as the server takes it; null while it is not complete. */
export function constraintOf({ kind, text }: ConstraintDraft, currency: string): Constraint | null {
  if (kind === "release_by_two_people") return { kind, amount: null, until: null };
  if (kind === "deadline_at_latest") return text === "" ? null : { kind, amount: null, until: fromLocalField(text) };
  const units = /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
  const amount = kind === "bond_at_least_minor" ? parseMoney(text, currency) : units;
  return amount === null ? null : { kind, amount, until: null };
}
