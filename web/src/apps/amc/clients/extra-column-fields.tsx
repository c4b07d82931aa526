import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { TextField } from "@/ui/field";

import { extraColumns, type ExtraColumns } from "../types";

const named = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** Why a name cannot be used; none where it can. */
export function wrongName(columns: ExtraColumns, which: keyof ExtraColumns): string | undefined {
  const name = columns[which] ?? "";
  if (name === "") return undefined;
  if (!named.test(name)) return t`Letters, digits and _ only, not a digit first.`;
  const same = extraColumns.some((other) => other !== which && columns[other]?.toLowerCase() === name.toLowerCase());
  return same ? t`Another of these columns is called so.` : undefined;
}

interface ExtraColumnFieldsProps {
  columns: ExtraColumns;
  onChange: (columns: ExtraColumns) => void;
}

/** Which columns AMC adds to a client's results: an empty name leaves one out. */
export function ExtraColumnFields({ columns, onChange }: ExtraColumnFieldsProps) {
  const words: Record<keyof ExtraColumns, { label: string; hint: string; example: string }> = {
    users: {
      label: t`People behind a row`,
      hint: t`Counted to 2 or to 100, as the query's threshold asks.`,
      example: "distinct_users",
    },
    reason: { label: t`What was too few`, hint: t`The reason why a value or a row was held back.`, example: "filtered_reason" },
    filtered: {
      label: t`Whether a row lost values`,
      hint: t`Only where values are removed, not rows.`,
      example: "is_filtered",
    },
  };
  return (
    <fieldset className="flex flex-col gap-13">
      <legend className="mb-5 text-12 font-medium">
        <Trans>Columns that AMC adds to results</Trans>
      </legend>
      <p className="label">
        <Trans>Name those you want; runs that are asked for from then on bring them along.</Trans>
      </p>
      {(["users", "reason", "filtered"] as const).map((which) => (
        <TextField
          key={which}
          label={words[which].label}
          hint={words[which].hint}
          placeholder={t`e.g. ${words[which].example}`}
          optional={t`optional`}
          maxLength={63}
          value={columns[which] ?? ""}
          error={wrongName(columns, which)}
          onChange={(event) => onChange({ ...columns, [which]: event.target.value.trim() === "" ? null : event.target.value.trim() })}
        />
      ))}
    </fieldset>
  );
}
