import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { permissions } from "../permissions";
import type { Books } from "../types";
import { FlowPicture } from "./flow-picture";
import { flowOf } from "./money-flow";

export function FlowSection({ campaignId }: { campaignId: string }) {
  const can = useCan();
  if (!can(...permissions.books)) return null;
  return (
    <Section title={<Trans>The flow of money</Trans>} hint={<Trans>Drawn from the books: what came from members, and where each part is.</Trans>}>
      <Sheet className="p-13">
        <FlowOfBooks campaignId={campaignId} />
      </Sheet>
    </Section>
  );
}

function FlowOfBooks({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaigns", campaignId, "books"],
    queryFn: ({ signal }) => get<Books>(`/campaigns/${campaignId}/books`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={3} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const flow = flowOf(data);
  if (flow.in === 0) {
    return (
      <p className="label">
        <Trans>No money has reached escrow yet.</Trans>
      </p>
    );
  }
  return <FlowPicture flow={flow} currency={data.currency} />;
}
