import { Trans } from "@lingui/react/macro";

import { Badge, type Tone } from "@/ui/badge";

import { thresholdWord } from "../words";
import type { ForecastColumn } from "./check-types";

function toneOf({ users }: ForecastColumn): Tone {
  if (users === null) return "bad";
  if (users >= 100) return "warn";
  return users > 1 ? "info" : "ok";
}

/** Which columns of the result may vanish, and why: the gravest first. */
export function Forecast({ columns }: { columns: readonly ForecastColumn[] }) {
  if (columns.length === 0) {
    return (
      <p className="label">
        <Trans>Once the query can be read, each of its columns stands here with the users it needs.</Trans>
      </p>
    );
  }
  const grave = [...columns].sort((one, other) => (other.users ?? Infinity) - (one.users ?? Infinity));
  return (
    <ul className="text-12">
      {grave.map((column) => (
        <li key={column.column} className="border-b border-line py-8 last:border-0">
          <div className="flex items-center justify-between gap-8">
            <span className="min-w-0 truncate font-mono font-medium">{column.column}</span>
            <Badge tone={toneOf(column)}>{thresholdWord(column.threshold)}</Badge>
          </div>
          <p className="mt-3 text-muted">{column.why}</p>
          {column.from.length > 0 && <p className="mt-3 truncate font-mono text-10 text-muted">{column.from.join(", ")}</p>}
        </li>
      ))}
    </ul>
  );
}
