import { t } from "@lingui/core/macro";

import { TextField } from "@/ui/field";

import type { Parameter } from "../types";

interface ParameterRulesProps {
  parameter: Parameter;
  onChange: (part: Partial<Parameter>) => void;
}

/** The most that a list takes; kept by the server between 1 and 100,000. */
const mostItems = (text: string) => (/^[1-9]\d{0,5}$/.test(text.trim()) ? Math.min(Number(text), 100_000) : null);

/** What a value has to look like, how many a list takes, and under which heading it is asked for. */
export function ParameterRules({ parameter, onChange }: ParameterRulesProps) {
  const isText = parameter.data_type === "STRING" && parameter.kind !== "enum" && parameter.kind !== "table";
  return (
    <>
      {isText && (
        <TextField
          label={t`Form of a value`}
          hint={t`A regular expression that the whole value matches, e.g. [A-Z]{2}-\\d+`}
          optional={t`optional`}
          maxLength={500}
          className="[&_input]:font-mono"
          value={parameter.pattern ?? ""}
          onChange={(event) => onChange({ pattern: event.target.value === "" ? null : event.target.value })}
        />
      )}
      {parameter.list && (
        <TextField
          label={t`Most values`}
          optional={t`optional`}
          inputMode="numeric"
          defaultValue={parameter.max_items === null ? "" : String(parameter.max_items)}
          onChange={(event) => onChange({ max_items: mostItems(event.target.value) })}
        />
      )}
      <TextField
        label={t`Group`}
        hint={t`Parameters of one group are asked for together, under its name.`}
        optional={t`optional`}
        maxLength={200}
        value={parameter.group}
        onChange={(event) => onChange({ group: event.target.value })}
      />
    </>
  );
}
