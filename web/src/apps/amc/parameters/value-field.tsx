import { t } from "@lingui/core/macro";
import { useState } from "react";

import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { Parameter } from "../types";
import { plainWord } from "../words";
import { ListField } from "./list-field";
import { errorOf } from "./values";

interface ValueFieldProps {
  parameter: Parameter;
  value: string;
  onChange: (value: string) => void;
  /** Show what is missing also where nobody has been yet. */
  strict: boolean;
  source?: string | undefined;
}

export const labelOf = ({ label, name }: Parameter) => (label === "" ? plainWord(name) : label);

function hintOf({ description, kind, like_mode, default: initial }: Parameter): string {
  const modes = {
    contains: t`Found anywhere in the text.`,
    starts: t`Found at the beginning of the text.`,
    exact: t`The text as it is.`,
  };
  const mode = kind === "like" && like_mode !== null ? modes[like_mode] : "";
  const known = typeof initial === "string" || typeof initial === "number" ? t`Default: ${initial}` : "";
  return [description, mode, known].filter((part) => part !== "").join(" ");
}

/** One parameter, asked for in the way its type needs. */
export function ValueField({ parameter, value, onChange, strict, source }: ValueFieldProps) {
  const [left, setLeft] = useState(false);
  const error = strict || (left && value !== "") ? errorOf(parameter, value) : null;
  const filled = source?.startsWith("mapping:") === true ? t`Filled from ${source.slice(8)}.` : "";
  const hint = [hintOf(parameter), filled].filter((part) => part !== "").join(" ");
  const shared = {
    label: labelOf(parameter),
    ...(hint === "" ? {} : { hint }),
    ...(error === null ? {} : { error }),
    ...(parameter.required ? {} : { optional: t`optional` }),
  };
  if (parameter.list) return <ListField {...shared} parameter={parameter} value={value} onChange={onChange} />;
  const options = parameter.data_type === "BOOLEAN" ? ["true", "false"] : parameter.kind === "enum" || parameter.kind === "table" ? parameter.options : null;
  if (options !== null) {
    const word = (option: string) => (option === "true" ? t`Yes` : option === "false" ? t`No` : option);
    return (
      <Field {...shared}>
        {({ id }) => (
          <Select
            id={id}
            value={value}
            choices={[{ value: "", label: t`Not chosen` }, ...options.map((option) => ({ value: option, label: word(option) }))]}
            onChange={onChange}
          />
        )}
      </Field>
    );
  }
  const types: Record<string, string> = { DATE: "date", TIMESTAMP: "datetime-local" };
  const numeric = ["INTEGER", "LONG", "DOUBLE", "DECIMAL"].includes(parameter.data_type);
  return (
    <TextField
      {...shared}
      type={types[parameter.data_type] ?? "text"}
      {...(numeric ? { inputMode: "decimal" as const } : {})}
      value={value}
      onBlur={() => setLeft(true)}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
