import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { ShareCard } from "../milestones/share";
import type { OwnMilestones as Answer } from "./delivery-types";

/** The shares that the terms named, and what each released of this commitment; nothing where there are none. */
export function OwnMilestones({ commitmentId }: { commitmentId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/commitments", commitmentId, "milestones"],
    queryFn: ({ signal }) => get<Answer>(`/commitments/${commitmentId}/milestones`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={1} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) return null;
  return (
    <Section
      className="mt-34"
      title={<Trans>Shares released before the inspection</Trans>}
      hint={<Trans>The terms you accepted name them. A share that was released is not in escrow any more.</Trans>}
    >
      <Sheet>
        {data.items.map((share) => (
          <ShareCard key={share.sequence} share={share} evidence={share.evidence} amount={amountOf(share.own_released_minor, data.currency)} />
        ))}
      </Sheet>
    </Section>
  );
}

function amountOf(released: number | null, currency: string) {
  if (released === null) return undefined;
  const amount = formatMoney(released, currency);
  return <Trans>Of your commitment {amount} was released.</Trans>;
}
