import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import type { SupplierCampaign } from "../types";
import { OwnIdentityNote } from "./own-identity";
import { OwnProposals } from "./own-proposals";
import { Owed } from "./owed";
import { Payouts } from "./payouts";
import { SupplyCard } from "./supply-card";

export function SupplyPage() {
  useTitle(t`Supply`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/supplier/campaigns"],
    queryFn: ({ signal }) => get<Page<SupplierCampaign>>("/supplier/campaigns", { signal }),
  });
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Supply</Trans>}
        below={<Trans>Campaigns that name you as their supplier: accept or decline, then report each step.</Trans>}
      />
      <OwnIdentityNote />
      {isPending ? (
        <PageSkeleton />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.items.length === 0 ? (
        <>
          <OwnProposals />
          <EmptyState title={<Trans>No campaign names you yet</Trans>}>
          <Trans>When one reaches its goal and waits for you, it appears here and you are told by mail.</Trans>
        </EmptyState>
        </>
      ) : (
        <div className="flex flex-col gap-21">
          <OwnProposals />
          {data.items.map((campaign) => (
            <article key={campaign.id}>
              <SupplyCard campaign={campaign} />
            </article>
          ))}
          <Payouts />
          <Owed />
        </div>
      )}
    </div>
  );
}
