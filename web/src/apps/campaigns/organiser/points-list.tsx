import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get, post } from "@/kernel/client";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { Line } from "@/ui/record-list";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { ConsolidationPoint } from "../types";
import AddPoint from "./add-point";

const path = "/consolidation-points";

/** Where bulk deliveries arrive; one that a delivery is on its way to can neither change nor go. */
export function PointsList({ may }: { may: boolean }) {
  const [edited, setEdited] = useState<ConsolidationPoint | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<ConsolidationPoint[]>(path, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={3} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) {
    return (
      <EmptyState title={<Trans>No place yet</Trans>}>
        <Trans>A campaign that delivers in bulk names the place where everything arrives.</Trans>
      </EmptyState>
    );
  }
  return (
    <Sheet>
      <ul>
        {data.map((point) => (
          <li key={point.id} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
            <PointLine point={point} may={may} onEdit={() => setEdited(point)} />
          </li>
        ))}
      </ul>
      {edited !== null && <AddPoint point={edited} onClose={() => setEdited(null)} onAdded={() => undefined} />}
    </Sheet>
  );
}

function PointLine({ point, may, onEdit }: { point: ConsolidationPoint; may: boolean; onEdit: () => void }) {
  const { name } = point;
  const archived = point.archived_at != null;
  const archive = useAct({
    work: () => post<ConsolidationPoint>(`${path}/${point.id}/archive`),
    refresh: [[path]],
    done: () => t`${name} is out of the choice`,
    refused: t`${name} stays in the choice`,
  });
  return (
    <Line
      title={name}
      detail={<span className="break-words">{point.address}</span>}
      state={archived && <Badge tone="ended">{t`Archived`}</Badge>}
      actions={
        may &&
        !archived && (
          <>
            <Button aria-label={t`Edit ${name}`} onClick={onEdit}>
              <Trans>Edit</Trans>
            </Button>
            <Button tone="quiet" busy={archive.isPending} onClick={() => archive.mutate()}>
              <Trans>Archive</Trans>
            </Button>
          </>
        )
      }
    />
  );
}
