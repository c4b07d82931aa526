import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { plainText } from "../figures";
import { labelOf } from "../parameters/value-field";
import type { Run } from "../types";

const shown = 5;

function sourceWord(source: string | undefined): string {
  if (source === undefined || source === "given") return t`given`;
  if (source === "default") return t`default`;
  return source.startsWith("mapping:") ? t`from ${source.slice(8)}` : source;
}

/** What the query was asked with, and where each value came from. */
export function RunValues({ run }: { run: Run }) {
  if (run.parameters.length === 0) {
    return (
      <p className="label">
        <Trans>This query asks for no parameter.</Trans>
      </p>
    );
  }
  return (
    <dl className="text-12">
      {run.parameters.map((parameter) => (
        <div key={parameter.name} className="border-b border-line py-8 last:border-0">
          <dt className="flex justify-between gap-13">
            <span className="font-medium">{labelOf(parameter)}</span>
            <span className="text-muted">{sourceWord(run.value_sources[parameter.name])}</span>
          </dt>
          <dd className="mt-3 font-mono break-all">
            <Value value={run.values[parameter.name]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  if (value === undefined || value === null) return <span className="text-muted">–</span>;
  if (!Array.isArray(value)) return <>{plainText(value)}</>;
  const more = value.length - shown;
  return (
    <>
      {value.slice(0, shown).map(plainText).join(", ")}
      {more > 0 && (
        <span className="font-sans text-muted">
          {" "}
          <Plural value={more} one="and # more" other="and # more" />
        </span>
      )}
    </>
  );
}
