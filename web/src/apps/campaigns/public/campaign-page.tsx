import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { Facts, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { GoalBand } from "../goal-band";
import { CampaignState } from "../states";
import type { PublicCampaign } from "../types";
import { usePublicCampaign } from "./use-public-campaign";

const route = getRouteApi("/open/o/$orgSlug/campaigns/$slug");

export function CampaignPage() {
  const { orgSlug, slug } = route.useParams();
  const { data, error, isPending, refetch } = usePublicCampaign(orgSlug, slug);
  useTitle(data?.title ?? t`Campaign`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Published campaign={data} />;
}

/** Rules first, then the picture, then the one action: the sequence of the doctrine. */
function Published({ campaign }: { campaign: PublicCampaign }) {
  return (
    <article className="mx-auto max-w-618">
      <header>
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
      <Section className="mt-34">
        <GoalBand stage={campaign.goal_stage} />
      </Section>
      <Rules campaign={campaign} />
      <Subject campaign={campaign} />
      <Terms campaign={campaign} />
      {campaign.takes_commitments && <Join />}
    </article>
  );
}

function Rules({ campaign }: { campaign: PublicCampaign }) {
  return (
    <Section title={<Trans>The rules</Trans>}>
      <ol className="flex flex-col">
        {campaign.rules.map((rule, index) => (
          <li key={rule.heading} className="flex gap-13 border-b border-line py-13 last:border-0">
            <span aria-hidden className="w-21 shrink-0 text-right font-mono text-12 leading-[26px] text-muted">
              {index + 1}
            </span>
            <div>
              <h3 className="text-16 font-semibold">{rule.heading}</h3>
              <p className="text-16 text-pretty text-muted">{rule.text}</p>
            </div>
          </li>
        ))}
      </ol>
      <p className="mt-13 rounded-5 bg-soft p-13 text-16">{campaign.custody_text}</p>
    </Section>
  );
}

function Subject({ campaign }: { campaign: PublicCampaign }) {
  const { unit_price_minor: price, currency } = campaign;
  return (
    <Section title={<Trans>What it is about</Trans>}>
      <Sheet className="overflow-hidden">
        {campaign.picture_url !== null && (
          <img
            src={campaign.picture_url}
            alt={campaign.product.name ?? ""}
            loading="lazy"
            className="aspect-[1.618] w-full bg-sunken object-cover"
          />
        )}
        <div className="p-13 sm:p-21">
          <h3 className="text-16 font-semibold">{campaign.product.name}</h3>
          <p className="text-16 text-pretty whitespace-pre-wrap text-muted">{campaign.product.description}</p>
          <div className="mt-13 border-t border-line">
            <Facts
              facts={[
                [<Trans key="n">Deadline</Trans>, formatInstant(campaign.deadline_at, campaign.time_zone)],
                [<Trans key="n">Units a member</Trans>, `${campaign.min_units} – ${campaign.max_units}`],
                [
                  <Trans key="n">Collective price a unit</Trans>,
                  price === null ? t`Shown after signing in` : formatMoney(price, currency),
                ],
              ]}
            />
          </div>
        </div>
      </Sheet>
    </Section>
  );
}

function Terms({ campaign }: { campaign: PublicCampaign }) {
  return (
    <Section>
      <details className="text-16">
        <summary className="cursor-pointer text-12 font-semibold">
          <Trans>Full terms, version {campaign.terms_version}</Trans>
        </summary>
        <p className="mt-8 text-pretty whitespace-pre-wrap text-muted">{campaign.terms_text}</p>
      </details>
    </Section>
  );
}

function Join() {
  const { orgSlug, slug } = route.useParams();
  return (
    <div className="border-t border-line pt-21">
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
        <Trans>Five short steps. Nothing is locked before the last one, and you may withdraw until the campaign closes.</Trans>
      </p>
    </div>
  );
}
