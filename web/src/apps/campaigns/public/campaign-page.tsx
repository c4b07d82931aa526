import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { asProblem } from "@/kernel/problem";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { Section } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { CheckUs } from "../audit-key";
import { GoalBand, isOver } from "../goal-band";
import { NoCampaign } from "../no-campaign";
import { CampaignState } from "../states";
import type { PublicCampaign } from "../types";
import { MoneyRules, Rules } from "./rules";
import { Subject } from "./subject";
import { CampaignTalk } from "./talk";
import { usePublicCampaign } from "./use-public-campaign";

const route = getRouteApi("/open/o/$orgSlug/campaigns/$slug");

export function CampaignPage() {
  const { orgSlug, slug } = route.useParams();
  const { data, error, isPending, refetch } = usePublicCampaign(orgSlug, slug);
  useTitle(data?.title ?? t`Campaign`);
  if (isPending) return <PageSkeleton />;
  if (error !== null && asProblem(error).namesNothing) {
    return (
      <NoCampaign
        error={error}
        action={
          <Link to="/o/$orgSlug/campaigns" params={{ orgSlug }} className={buttonClass("primary", "normal")}>
            <Trans>To the campaigns</Trans>
          </Link>
        }
      />
    );
  }
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Published campaign={data} orgSlug={orgSlug} />;
}

/** Rules first, then the picture, then the one action: the sequence of the doctrine. */
function Published({ campaign, orgSlug }: { campaign: PublicCampaign; orgSlug: string }) {
  return (
    <article className="mx-auto max-w-618">
      <header className="mb-34">
        <p className="label">
          <Trans>A campaign of {campaign.organiser_name}</Trans>
        </p>
        <h1 className="mt-3 text-32 font-semibold text-balance">{campaign.title}</h1>
        {campaign.summary !== null && <p className="mt-8 text-16 text-pretty text-muted">{campaign.summary}</p>}
        <div className="mt-13 flex flex-wrap items-center gap-8">
          <CampaignState state={campaign.state} />
          <span className="text-16">{campaign.state_text}</span>
        </div>
      </header>
      <Rules campaign={campaign} />
      <MoneyRules campaign={campaign} />
      <Section title={<Trans>How far it is</Trans>}>
        <GoalBand stage={campaign.goal_stage} over={isOver(campaign.state)} perCent={campaign.goal_per_cent} units={campaign.committed_units} />
        <dl className="mt-13 flex flex-wrap justify-between gap-x-21 border-t border-line pt-8 text-16">
          <dt className="text-muted">
            <Trans>Closing date</Trans>
          </dt>
          <dd>
            <time dateTime={campaign.deadline_at}>{formatInstant(campaign.deadline_at, campaign.time_zone)}</time>
          </dd>
        </dl>
      </Section>
      <Subject campaign={campaign} />
      <Terms campaign={campaign} />
      {campaign.takes_commitments && <Join campaign={campaign} />}
      <CampaignTalk orgSlug={orgSlug} campaign={campaign} />
    </article>
  );
}

function Terms({ campaign }: { campaign: PublicCampaign }) {
  return (
    <Section>
      <details className="text-16">
        <summary className="cursor-pointer text-12 leading-[34px] font-semibold">
          <Trans>Full terms, version {campaign.terms_version}</Trans>
        </summary>
        <p className="mt-8 text-pretty whitespace-pre-wrap text-muted">{campaign.terms_text}</p>
      </details>
      <CheckUs />
    </Section>
  );
}

function Join({ campaign }: { campaign: PublicCampaign }) {
  const { orgSlug, slug } = route.useParams();
  return (
    <div className="mb-34 border-y border-line py-21">
      <Link
        to="/o/$orgSlug/campaigns/$slug/join"
        params={{ orgSlug, slug }}
        search={{ step: 1 }}
        preload="intent"
        className={`w-full sm:w-auto ${buttonClass("primary", "normal")}`}
      >
        <Trans>Join this campaign</Trans>
      </Link>
      <p className="label mt-8">
        <Trans>Five short steps. Nothing is locked before the last one.</Trans> {campaign.withdraw_text}
      </p>
    </div>
  );
}
