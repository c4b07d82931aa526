import { Trans } from "@lingui/react/macro";

import type { Parameter } from "../types";
import { ValueField } from "./value-field";
import type { Typed } from "./values";

interface ValueFormProps {
  parameters: readonly Parameter[];
  typed: Typed;
  onChange: (typed: Typed) => void;
  strict: boolean;
  /** Where a value came from that nobody typed: "mapping:Brand". */
  sources?: Record<string, string>;
}

/** The parameters of a query, in their groups and in their order. */
export function ValueForm({ parameters, typed, onChange, strict, sources }: ValueFormProps) {
  if (parameters.length === 0) {
    return (
      <p className="label">
        <Trans>This query asks for no parameter.</Trans>
      </p>
    );
  }
  const groups = [...new Set(parameters.map(({ group }) => group))];
  return (
    <div className="flex flex-col gap-21">
      {groups.map((group) => (
        <fieldset key={group} className="flex flex-col gap-21">
          {group !== "" && <legend className="mb-13 text-12 font-semibold">{group}</legend>}
          {parameters
            .filter((parameter) => parameter.group === group)
            .map((parameter) => (
              <ValueField
                key={parameter.name}
                parameter={parameter}
                value={typed[parameter.name] ?? ""}
                strict={strict}
                {...(sources?.[parameter.name] === undefined ? {} : { source: sources[parameter.name] })}
                onChange={(value) => onChange({ ...typed, [parameter.name]: value })}
              />
            ))}
        </fieldset>
      ))}
    </div>
  );
}
