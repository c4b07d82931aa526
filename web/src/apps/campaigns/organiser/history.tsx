import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";

import { stateWord } from "../states";
import type { HistoryStep } from "../types";

/** A step that leaves the state as it is has no other name than its own. */
function stepWord(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function actorWord(kind: string): string {
  const words: Record<string, string> = {
    user: t`by a person`,
    system: t`by itself`,
    api_key: t`by a program`,
    service: t`by a program`,
    operator: t`by an operator`,
    admin_key: t`by an operator`,
  };
  return words[kind] ?? kind;
}

/** Every step that was taken, the newest first, with its reason and who took it. */
export function CampaignHistory({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaigns", campaignId, "history"],
    queryFn: ({ signal }) => get<HistoryStep[]>(`/campaigns/${campaignId}/history`, { signal }),
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
    title: step.from_state === step.to_state ? stepWord(step.name) : stateWord(step.to_state),
    by: actorWord(step.actor_kind),
    ...(step.reason === null ? {} : { detail: step.reason }),
  }));
  return <Timeline entries={entries.reverse()} />;
}
