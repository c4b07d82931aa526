import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { DayBars } from "./day-bars";
import type { Dashboard } from "./dashboard-types";
import { EscrowSection } from "./escrow-section";
import { FlowSection } from "./flow-section";
import { ForecastFacts } from "./forecast-facts";
import { Funnel } from "./funnel";

export function DashboardTab({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, isFetching, refetch } = useQuery({
    queryKey: ["/campaigns", campaignId, "dashboard"],
    queryFn: ({ signal }) => get<Dashboard>(`/campaigns/${campaignId}/dashboard`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={6} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.days.length === 0) {
    return (
      <EmptyState title={<Trans>No commitment yet</Trans>}>
        <Trans>Days, stages and the flow of money are drawn here from the first commitment on.</Trans>
      </EmptyState>
    );
  }
  const read = formatInstant(data.read_at, data.time_zone);
  return (
    <>
      <div className="mb-21 flex flex-wrap items-center justify-between gap-8">
        <p className="label">{t`Read at ${read}; for this organisation only`}</p>
        <Button busy={isFetching} onClick={() => void refetch()}>
          <Trans>Read again</Trans>
        </Button>
      </div>
      <div className="grid gap-x-34 md:grid-cols-[minmax(0,1.618fr)_minmax(0,1fr)]">
        <Section title={<Trans>Commitments over time</Trans>} hint={<Trans>Units placed each day; the filled part still stands.</Trans>}>
          <Sheet className="p-13">
            <DayBars days={data.days} from={data.first_on} to={data.today_on} />
          </Sheet>
        </Section>
        <Section className="!mb-34" title={<Trans>Forecast at the close</Trans>}>
          <Sheet className="px-13 py-5">
            <ForecastFacts dashboard={data} />
          </Sheet>
        </Section>
      </div>
      <Section
        title={<Trans>How far commitments went</Trans>}
        hint={<Trans>Where each commitment stands now: at the stage named, or beyond it.</Trans>}
      >
        <Sheet className="p-13">
          <Funnel stages={data.stages} currency={data.currency} />
        </Sheet>
      </Section>
      <EscrowSection campaignId={campaignId} />
      <FlowSection campaignId={campaignId} />
    </>
  );
}
