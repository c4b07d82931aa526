import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ArrowRightLeft } from "lucide-react";

import { useAge } from "../poll";
import type { TenantRecord } from "../types";
import { useMoves } from "./moves";

/** A move asked for here: first it waits for a worker, then writes stand still, then it is over. */
export function MoveProgress({ tenant }: { tenant: TenantRecord }) {
  const asked = useMoves((state) => state.asked[tenant.id]);
  if (asked === undefined && tenant.state !== "moving") return null;
  if (asked !== undefined && tenant.placement === asked.to && tenant.state !== "moving") return null;
  return (
    <div
      role="status"
      className="mb-21 flex flex-wrap items-center gap-13 rounded-8 border border-line bg-info-soft px-13 py-8 text-12 text-ink"
    >
      <ArrowRightLeft size={16} aria-hidden className="shrink-0 text-info" />
      <span className="min-w-0 flex-1">
        {tenant.state === "moving" ? (
          <Trans>The tenant is being moved: it can be read, and its writes wait.</Trans>
        ) : (
          <Trans>The move is asked for and waits for a worker.</Trans>
        )}
      </span>
      <ol className="flex gap-13" aria-label={t`Steps of the move`}>
        <Step done label={t`Asked`} />
        <Step done={tenant.state === "moving"} label={t`Copying`} />
        <Step done={false} label={t`Over`} />
      </ol>
      {asked !== undefined && <Elapsed at={asked.at} />}
    </div>
  );
}

function Step({ done, label }: { done: boolean; label: string }) {
  return <li className={done ? "font-medium" : "text-muted"}>{done ? `✓ ${label}` : label}</li>;
}

function Elapsed({ at }: { at: number }) {
  const seconds = useAge(at);
  return <span className="text-muted">{t`${seconds} s`}</span>;
}
