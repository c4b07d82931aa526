import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { GiveEvidence } from "../milestones/give-evidence";
import { ShareCard } from "../milestones/share";
import type { Evidence, Milestone } from "../milestones/types";
import { permissions } from "../permissions";
import type { Campaign } from "../types";
import { DecideMilestone } from "./decide-milestone";
import { FileName } from "./file-name";
import { WaitingHere } from "./waiting-here";

const undecided = new Set(["planned", "evidence_in", "rejected"]);
const before = new Set(["confirmed", "procuring", "fulfilling"]);

type Asked = { milestone: Milestone; verb: "evidence" | "approve" | "reject" } | null;

/** The published shares: planned until units are allocated, then each with its evidence and decision. */
export function MilestonesTab({ campaign }: { campaign: Campaign }) {
  const path = `/campaigns/${campaign.id}/milestones`;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<{ items: Milestone[] }>(path, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={3} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length > 0) return <Rows campaign={campaign} milestones={data.items} refresh={[[path], ["/campaigns", campaign.id]]} />;
  return <Plan campaign={campaign} />;
}

function Plan({ campaign }: { campaign: Campaign }) {
  const { milestones, time_zone: zone } = campaign;
  if (milestones.length === 0) {
    return (
      <EmptyState title={<Trans>No share before the inspection</Trans>}>
        <Trans>
          All of the escrow is released after the inspection. Shares before it are planned in the draft, where the
          organisation&rsquo;s rules allow them.
        </Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <p className="label mb-8">
        <Trans>As planned; evidence is given and shares are released once units are allocated.</Trans>
      </p>
      <Sheet>
        {milestones.map((share, index) => (
          <ShareCard
            key={share.title}
            zone={zone}
            evidence={[]}
            share={{
              ...share,
              auto_approve_hours: share.auto_approve_hours ?? null,
              sequence: index + 1,
              is_last: index + 1 === milestones.length,
              state: "planned",
              evidence_at: null,
              decided_at: null,
              reason: null,
            }}
          />
        ))}
      </Sheet>
    </>
  );
}

interface RowsProps {
  campaign: Campaign;
  milestones: Milestone[];
  refresh: string[][];
}

function Rows({ campaign, milestones, refresh }: RowsProps) {
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const can = useCan();
  const decides = can(...permissions.settle);
  return (
    <>
      {milestones.map((each) => (
        <WaitingHere key={each.id} campaignId={each.id} />
      ))}
      <Sheet>
        {milestones.map((milestone) => {
          const open = undecided.has(milestone.state) && !milestone.is_last && before.has(campaign.state);
          const mayGive = open && can(...permissions.create);
          const mayReject = decides && open && milestone.state === "evidence_in";
          const ready = milestone.state === "evidence_in" || (milestone.is_upfront && milestone.state === "planned");
          const mayApprove = decides && open && ready && (campaign.state !== "confirmed" || milestone.is_upfront);
          const released = milestone.released_minor;
          return (
            <ShareCard
              key={milestone.id}
              share={milestone}
              zone={campaign.time_zone}
              evidence={milestone.evidence}
              evidenceName={(each) => <FileName fileId={(each as Evidence).file_id} name={each.name} />}
              amount={
                released === null ? undefined : (
                  <Trans>{formatMoney(released, campaign.currency)} left escrow with this share.</Trans>
                )
              }
              actions={
                mayGive || mayReject || mayApprove ? (
                  <>
                    {mayApprove && <ApproveUnlessAsked milestoneId={milestone.id} onApprove={() => setAsked({ milestone, verb: "approve" })} />}
                    {mayReject && <Button onClick={() => setAsked({ milestone, verb: "reject" })}>{t`Reject the evidence`}</Button>}
                    {mayGive && <Button onClick={() => setAsked({ milestone, verb: "evidence" })}>{t`Give evidence`}</Button>}
                  </>
                ) : undefined
              }
            />
          );
        })}
      </Sheet>
      {!decides && (
        <p className="label mt-8">
          <Trans>
            Deciding needs <code className="font-mono">{permissions.settle[0]}</code>.
          </Trans>
        </p>
      )}
      {asked?.verb === "evidence" && <GiveEvidence milestone={asked.milestone} refresh={refresh} onClose={close} />}
      {(asked?.verb === "approve" || asked?.verb === "reject") && (
        <DecideMilestone campaign={campaign} milestone={asked.milestone} verb={asked.verb} refresh={refresh} onClose={close} />
      )}
    </>
  );
}

/** Who may read approvals sees above that one waits already; then it is not asked for again. */
function ApproveUnlessAsked({ milestoneId, onApprove }: { milestoneId: string; onApprove: () => void }) {
  const { data } = useQuery({
    queryKey: ["/approvals", "waiting", milestoneId],
    queryFn: ({ signal }) => get<{ items: unknown[] }>("/approvals", { signal, query: { state: "requested", subject_id: milestoneId } }),
    enabled: useCan()("approvals:read"),
  });
  if (data !== undefined && data.items.length > 0) return null;
  return <Button onClick={onApprove}>{t`Approve the release`}</Button>;
}
