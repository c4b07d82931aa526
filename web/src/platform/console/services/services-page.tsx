import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { errors, health, mean, rate } from "../cube/flow-words";
import { Checks, Services } from "../dashboard/checks";
import { Sparkline } from "../dashboard/sparkline";
import { StaleBadge } from "../dashboard/stale-badge";
import { usePolled } from "../dashboard/use-status";
import type { Circle, Status } from "../status-types";
import { Queue } from "./queue";

export function ServicesPage() {
  useTitle(t`Services`);
  const { data, error, pending, at, retry } = usePolled<Status>("/admin/status");
  if (pending) return <PageSkeleton />;
  if (data === undefined) return <ErrorState error={error} onRetry={retry} />;
  return (
    <>
      <PageHead
        title={<Trans>Services</Trans>}
        beside={<StaleBadge at={at} />}
        below={<Trans>What each part answered in the last minute; the line is the last ten.</Trans>}
      />
      <Section>
        <ul className="grid grid-cols-2 gap-8 sm:grid-cols-3 md:grid-cols-4 md:gap-13">
          {data.cube.circles.map((circle) => (
            <li key={circle.name} className="min-w-0">
              <Tile circle={circle} />
            </li>
          ))}
        </ul>
      </Section>
      <div className="mb-34 grid gap-x-34 md:grid-cols-2">
        <Services services={data.services} />
        <Checks checks={data.checks} />
      </div>
      <Queue />
    </>
  );
}

function Tile({ circle }: { circle: Circle }) {
  const how = health(circle);
  return (
    <Sheet className="flex h-full min-w-0 flex-col p-13 pb-8">
      <div className="flex flex-wrap items-center justify-between gap-x-8">
        <h2 className="text-12 text-muted">{circle.title}</h2>
        {how !== null && <Badge tone={how[0]}>{how[1]}</Badge>}
      </div>
      {circle.calls_per_second === null ? (
        <p className="mt-3 text-20 text-muted">
          <Trans>no data</Trans>
        </p>
      ) : (
        <>
          <p className="mt-3 text-26 font-semibold">{rate(circle)}</p>
          {(circle.error_percent !== null || circle.mean_ms !== null) && (
            <p className="label">
              <Trans>
                errors {errors(circle)}
              </Trans>
              {circle.mean_ms !== null && (
                <>
                  , <Trans>mean {mean(circle)}</Trans>
                </>
              )}
            </p>
          )}
        </>
      )}
      <div className="mt-auto">
        <Sparkline values={circle.history} />
      </div>
    </Sheet>
  );
}
