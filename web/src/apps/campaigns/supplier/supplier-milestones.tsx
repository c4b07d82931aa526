import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get } from "@/kernel/client";
import { Button } from "@/ui/button";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { GiveEvidence } from "../milestones/give-evidence";
import { ShareCard } from "../milestones/share";
import type { Milestone } from "../milestones/types";

const undecided = new Set(["planned", "evidence_in", "rejected"]);

/** The shares that are released before the inspection, and where their evidence is given. */
export function SupplierMilestones({ campaignId }: { campaignId: string }) {
  const [giving, setGiving] = useState<Milestone | null>(null);
  const path = `/supplier/campaigns/${campaignId}/milestones`;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<{ items: Milestone[] }>(path, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={1} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) return null;
  return (
    <section className="mt-21 -mx-13 border-t border-line sm:-mx-21">
      <h3 className="px-13 pt-13 text-12 font-semibold sm:px-21">
        <Trans>Shares released before the inspection</Trans>
      </h3>
      {data.items.map((milestone) => (
        <ShareCard
          key={milestone.id}
          share={milestone}
          evidence={milestone.evidence}
          actions={
            undecided.has(milestone.state) && !milestone.is_last ? (
              <Button onClick={() => setGiving(milestone)}>
                {milestone.evidence.length === 0 ? <Trans>Give evidence</Trans> : <Trans>Give more evidence</Trans>}
              </Button>
            ) : undefined
          }
        />
      ))}
      {giving !== null && <GiveEvidence milestone={giving} refresh={[[path]]} onClose={() => setGiving(null)} />}
    </section>
  );
}
