import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { useKeysetList } from "@/kernel/list";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { goalText } from "../goal-band";
import type { PublicCampaign } from "../types";

const route = getRouteApi("/open/o/$orgSlug");

export function CampaignsPage() {
  useTitle(t`Campaigns`);
  const { orgSlug } = route.useParams();
  const list = useKeysetList<PublicCampaign>(`/public/${orgSlug}/campaigns`, {});
  if (list.pending) return <PageSkeleton />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  return (
    <>
      <PageHead
        title={<Trans>Campaigns</Trans>}
        below={<Trans>Members pool demand under published rules. Money waits in escrow until a campaign is decided.</Trans>}
      />
      {list.rows.length === 0 ? (
        <EmptyState title={<Trans>No campaign is published</Trans>}>
          <Trans>When the organiser publishes one, its rules appear here first.</Trans>
        </EmptyState>
      ) : (
        <Sheet>
          {list.rows.map((campaign) => (
            <CampaignLine key={campaign.slug} orgSlug={orgSlug} campaign={campaign} />
          ))}
        </Sheet>
      )}
      {list.hasMore && (
        <Button className="mt-13" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
}

function CampaignLine({ orgSlug, campaign }: { orgSlug: string; campaign: PublicCampaign }) {
  const deadline = formatInstant(campaign.deadline_at, campaign.time_zone);
  return (
    <Link
      to="/o/$orgSlug/campaigns/$slug"
      params={{ orgSlug, slug: campaign.slug }}
      className="block border-b border-line p-13 last:border-0 hover:bg-ground sm:p-21"
    >
      <h2 className="text-16 font-semibold">{campaign.title}</h2>
      <p className="text-16 text-muted">{campaign.summary}</p>
      <p className="label mt-5 flex flex-wrap gap-x-13">
        <span>{campaign.state_text}</span>
        <span>{goalText(campaign.goal_stage)}</span>
        <span>
          <Trans>Deadline {deadline}</Trans>
        </span>
      </p>
    </Link>
  );
}
