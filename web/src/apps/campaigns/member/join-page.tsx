import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";

import { useSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { usePublicCampaign } from "../public/use-public-campaign";
import type { PublicCampaign } from "../types";
import { ConfirmStep } from "./confirm-step";
import { StepFrame, stepNames } from "./step-frame";
import { HowStep, MoneyStep, NextStep } from "./text-steps";
import { UnitsStep } from "./units-step";
import { useProgress } from "./wizard";

const route = getRouteApi("/open/o/$orgSlug/campaigns/$slug/join");

export function JoinPage() {
  const { orgSlug, slug } = route.useParams();
  const { step } = route.useSearch();
  const signedIn = useSession((state) => state.status === "in");
  const { data, error, isPending, refetch } = usePublicCampaign(orgSlug, slug);
  useTitle(data === undefined ? t`Join` : t`Join ${data.title}`);
  if (!signedIn && isPending) return <PageSkeleton />;
  if (!signedIn) {
    const back = `/o/${orgSlug}/campaigns/${slug}/join?step=${step}`;
    return <Navigate to="/sign-in" search={{ return_to: back, organisation: orgSlug }} state={data === undefined ? {} : { purpose: data.title }} replace />;
  }
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data.takes_commitments) return <Closed campaign={data} orgSlug={orgSlug} slug={slug} />;
  return <Steps campaign={data} />;
}

interface ClosedProps {
  campaign: PublicCampaign;
  orgSlug: string;
  slug: string;
}

function Closed({ campaign, orgSlug, slug }: ClosedProps) {
  return (
    <EmptyState
      title={<Trans>This campaign takes no commitments now</Trans>}
      action={
        <Link to="/o/$orgSlug/campaigns/$slug" params={{ orgSlug, slug }} className={buttonClass("primary", "normal")}>
          <Trans>Read its page</Trans>
        </Link>
      }
    >
      {campaign.state_text}
    </EmptyState>
  );
}

function Steps({ campaign }: { campaign: PublicCampaign }) {
  const { orgSlug, slug } = route.useParams();
  const { step } = route.useSearch();
  const go = route.useNavigate();
  const name = `${orgSlug}/${slug}`;
  const progress = useProgress(name);
  // The quantity is asked first: a later step opened by its address alone begins there.
  const now = progress?.units === null || progress === undefined ? 1 : step;
  const to = (next: number) => void go({ search: { step: next } });
  const steps = [
    <UnitsStep key={1} campaign={campaign} name={name} onNext={() => to(2)} />,
    <HowStep key={2} campaign={campaign} onNext={() => to(3)} />,
    <MoneyStep key={3} campaign={campaign} units={progress?.units ?? 0} onNext={() => to(4)} />,
    <NextStep key={4} campaign={campaign} onNext={() => to(5)} />,
    progress === undefined ? null : (
      <ConfirmStep key={5} campaign={campaign} name={name} orgSlug={orgSlug} progress={progress} />
    ),
  ];
  return (
    <StepFrame
      campaign={campaign}
      step={now}
      heading={stepNames()[now - 1] ?? ""}
      {...(now > 1 ? { onBack: () => to(now - 1) } : {})}
    >
      {steps[now - 1]}
    </StepFrame>
  );
}
