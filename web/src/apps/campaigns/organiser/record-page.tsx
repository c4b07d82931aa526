import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { useLive } from "@/kernel/live";
import { asProblem } from "@/kernel/problem";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { titleOf } from "../campaign-title";
import { NoCampaign } from "../no-campaign";
import { CampaignState } from "../states";
import type { Campaign } from "../types";
import { Actions } from "./actions";
import { Awaited } from "./awaited";
import { RawEvents } from "./events";
import { CampaignFacts } from "./facts";
import { CampaignHistory } from "./history";
import { InReview } from "./in-review";
import { LongerInspection } from "./longer-inspection";
import { MissingList } from "./missing-list";
import { ProposalsSection } from "./proposals-section";
import { PublicLink } from "./public-link";
import { ReviewSection } from "./review-section";
import { useCampaign } from "./use-campaign";
import { WaitingHere } from "./waiting-here";

// The tabs that one may never open bring the table with them: fetched when chosen.
const BooksTab = lazy(() => import("./books-tab").then((file) => ({ default: file.BooksTab })));
const CommitmentsTab = lazy(() => import("./commitments-tab").then((file) => ({ default: file.CommitmentsTab })));
const IssuesTab = lazy(() => import("./issues-tab").then((file) => ({ default: file.IssuesTab })));
const DashboardTab = lazy(() => import("./dashboard-tab").then((file) => ({ default: file.DashboardTab })));
const MilestonesTab = lazy(() => import("./milestones-tab").then((file) => ({ default: file.MilestonesTab })));
const DeliveryTab = lazy(() => import("./delivery-tab").then((file) => ({ default: file.DeliveryTab })));
const NoticesTab = lazy(() => import("./notices-tab").then((file) => ({ default: file.NoticesTab })));
const TalkTab = lazy(() => import("./talk-tab").then((file) => ({ default: file.TalkTab })));
const MessagesTab = lazy(() => import("./messages-tab").then((file) => ({ default: file.MessagesTab })));

const route = getRouteApi("/app/campaigns/$campaignId");

export function RecordPage() {
  const { campaignId } = route.useParams();
  const { data, error, isPending, refetch } = useCampaign(campaignId);
  useTitle(data === undefined ? t`Campaign` : titleOf(data));
  useLive({
    module: "campaigns",
    // A commitment's change names the commitment, and moves this campaign's totals as well.
    about: ({ name, aggregate_id }) => aggregate_id === campaignId || name.startsWith("campaigns.commitment_"),
    refresh: [
      ["/campaigns", campaignId],
      ...["commitments", "issues", "milestones", "updates", "questions", "messages"].map((part) => [`/campaigns/${campaignId}/${part}`]),
      ["/events", campaignId],
    ],
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null && asProblem(error).namesNothing) {
    return (
      <NoCampaign
        error={error}
        action={
          <Link to="/campaigns" className={buttonClass("primary", "normal")}>
            <Trans>To the campaigns</Trans>
          </Link>
        }
      />
    );
  }
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record campaign={data} />;
}

function Record({ campaign }: { campaign: Campaign }) {
  const { tab = "overview" } = route.useSearch();
  const go = route.useNavigate();
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/campaigns" className="hover:text-ink">
              <Trans>Campaigns</Trans>
            </Link>
            <span aria-hidden>/</span>
            <CopyId value={campaign.reference} full />
          </>
        }
        title={titleOf(campaign)}
        beside={<CampaignState state={campaign.state} />}
        below={campaign.summary ?? undefined}
        actions={<Actions campaign={campaign} />}
      />
      <PublicLink campaign={campaign} />
      {campaign.state === "in_review" && <InReview campaign={campaign} />}
      <ReviewSection campaign={campaign} />
      <Awaited campaign={campaign} />
      <LongerInspection campaign={campaign} />
      <WaitingHere campaignId={campaign.id} />
      <MissingList campaign={campaign} />
      <Tabs
        label={t`Parts of this campaign`}
        value={tab}
        onChange={(next) => void go({ search: next === "overview" ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: "overview", label: <Trans>Overview</Trans>, content: <Overview campaign={campaign} /> },
          {
            value: "dashboard",
            label: <Trans>Dashboard</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <DashboardTab campaignId={campaign.id} />
              </Suspense>
            ),
          },
          {
            value: "commitments",
            label: <Trans>Commitments</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <CommitmentsTab campaignId={campaign.id} />
              </Suspense>
            ),
          },
          {
            value: "milestones",
            label: <Trans>Milestones</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={3} />}>
                <MilestonesTab campaign={campaign} />
              </Suspense>
            ),
          },
          {
            value: "delivery",
            label: <Trans>Delivery</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={3} />}>
                <DeliveryTab campaign={campaign} />
              </Suspense>
            ),
          },
          {
            value: "notices",
            label: <Trans>Notices</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <NoticesTab campaign={campaign} />
              </Suspense>
            ),
          },
          {
            value: "talk",
            label: <Trans>Updates and questions</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <TalkTab campaignId={campaign.id} />
              </Suspense>
            ),
          },
          {
            value: "messages",
            label: <Trans>Messages</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <MessagesTab campaignId={campaign.id} />
              </Suspense>
            ),
          },
          {
            value: "books",
            label: <Trans>Books</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={5} />}>
                <BooksTab campaignId={campaign.id} />
              </Suspense>
            ),
          },
          {
            value: "issues",
            label: <Trans>Issues</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton rows={3} />}>
                <IssuesTab campaignId={campaign.id} />
              </Suspense>
            ),
          },
          { value: "events", label: <Trans>Raw events</Trans>, content: <RawEvents campaignId={campaign.id} /> },
        ]}
      />
    </>
  );
}

function Overview({ campaign }: { campaign: Campaign }) {
  return (
    <div className="grid gap-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
      <Section title={<Trans>Facts</Trans>}>
        <Sheet className="px-13 py-5">
          <CampaignFacts campaign={campaign} />
        </Sheet>
        <ProposalsSection campaign={campaign} />
      </Section>
      <Section title={<Trans>What happened</Trans>}>
        <CampaignHistory campaignId={campaign.id} />
      </Section>
    </div>
  );
}
