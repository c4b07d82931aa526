import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";

import { stateWord } from "../states";
import type { CampaignHistoryStep } from "./history-types";

/** Who took it: by name, else by the role that may. */
function actorWord({ actor, actor_kind: kind, actor_name: name }: CampaignHistoryStep): string {
  if (kind === "user" && name !== null) return t`by ${name}`;
  const words: Record<string, string> = {
    user: roleWord(actor),
    system: t`by itself`,
    api_key: t`by a program`,
    service: t`by a program`,
    operator: t`by an operator`,
    admin_key: t`by an operator`,
  };
  return words[kind] ?? kind;
}

function roleWord(actor: string): string {
  const words: Record<string, string> = {
    organiser: t`by an organiser`,
    administrator: t`by an administrator`,
    finance: t`by finance`,
    supplier: t`by the supplier`,
  };
  return words[actor] ?? t`by a person`;
}

/** Every step that was taken, the newest first, with its reason and who took it. */
export function CampaignHistory({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaigns", campaignId, "history"],
    queryFn: ({ signal }) => get<CampaignHistoryStep[]>(`/campaigns/${campaignId}/history`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={4} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) {
    return (
      <p className="label">
        <Trans>No step was taken yet.</Trans>
      </p>
    );
  }
  const entries = data.map((step, index) => ({
    id: `${step.at} ${String(index)}`,
    at: step.at,
    title: step.from_state === step.to_state ? step.label : stateWord(step.to_state),
    by: actorWord(step),
    ...(step.reason === null ? {} : { detail: step.reason }),
  }));
  return <Timeline entries={entries.reverse()} />;
}
