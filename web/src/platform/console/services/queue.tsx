import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatDuration } from "@/kernel/time";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { usePolled } from "../dashboard/use-status";
import { FigureTable } from "../figure-table";
import type { Queues } from "../status-types";
import { figure } from "../word";

/** What waits, by kind of job. */
export function Queue() {
  const { data, error, pending, retry } = usePolled<Queues>("/admin/queues");
  return (
    <Section
      title={<Trans>Queue</Trans>}
      actions={
        <Link to="/console/jobs" search={{}} className="text-12 text-link hover:underline">
          <Trans>All jobs</Trans>
        </Link>
      }
    >
      <Sheet>
        {pending ? (
          <RowsSkeleton rows={3} />
        ) : data === undefined ? (
          <ErrorState error={error} onRetry={retry} />
        ) : data.items.length === 0 ? (
          <p className="p-21 text-12 text-muted">
            <Trans>Nothing waits.</Trans>
          </p>
        ) : (
          <FigureTable
            caption={t`Queue`}
            heads={[t`Kind of job`, t`Due`, t`Oldest`, t`Later`, t`At work`, t`Gave up`]}
            rows={data.items}
            rowKey={(item) => item.job}
            cells={(item) => [
              <code key="job" className="font-mono">
                {item.job}
              </code>,
              figure(item.waiting),
              item.oldest_seconds === null ? "–" : formatDuration(Math.round(item.oldest_seconds)),
              figure(item.later),
              figure(item.at_work),
              item.gave_up === 0 ? (
                figure(0)
              ) : (
                <Link key="gave-up" to="/console/jobs" search={{ job: item.job }} className="text-link hover:underline">
                  {figure(item.gave_up)}
                </Link>
              ),
            ]}
          />
        )}
      </Sheet>
    </Section>
  );
}
