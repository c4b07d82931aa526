import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Printer } from "lucide-react";

import { get } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState, RequestId } from "@/ui/states";

import { windowText } from "../../figures";
import { frozenTiles } from "../shown";
import { Tiles } from "../tiles";
import type { SharedSnapshot } from "../types";

const route = getRouteApi("/open/s/amc/$token");

/** Frozen figures behind a link: for whoever has it, without an account. */
export function SnapshotPage() {
  const { token } = route.useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/public/amc/snapshots", token],
    queryFn: ({ signal }) => get<SharedSnapshot>(`/public/amc/snapshots/${encodeURIComponent(token)}`, { signal }),
    staleTime: Infinity,
  });
  useTitle(data?.title ?? t`Snapshot`);
  if (isPending) return <PageSkeleton />;
  if (error !== null && asProblem(error).missing) {
    return (
      <EmptyState whole title={<Trans>This link shows nothing</Trans>}>
        <Trans>It has expired or was taken back. Whoever sent it can make another.</Trans>
        <RequestId error={error} />
      </EmptyState>
    );
  }
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Frozen snapshot={data} />;
}

function Frozen({ snapshot }: { snapshot: SharedSnapshot }) {
  const { title, made_at: made, expires_at: expires, figures } = snapshot;
  const { period, compared, missing } = figures;
  return (
    <>
      <PageHead
        title={title}
        below={
          <span className="text-12">
            {windowText(period.start, period.end)}
            {compared !== null && (
              <>
                {" · "}
                <Trans>compared with {windowText(compared.start, compared.end)}</Trans>
              </>
            )}
          </span>
        }
        actions={
          <Button className="print:hidden" icon={<Printer size={13} aria-hidden />} onClick={() => window.print()}>
            <Trans>Print</Trans>
          </Button>
        }
      />
      {missing > 0 && (
        <p role="note" className="mb-13 text-12 text-muted">
          <Plural value={missing} one="# segment had no figures; the totals are without it." other="# segments had no figures; the totals are without them." />
        </p>
      )}
      <Tiles tiles={frozenTiles(snapshot)} provisional={figures.provisional} compared={compared !== null} />
      <p className="label mt-21">
        <Trans>Frozen {formatInstant(made)}; the link works until {formatInstant(expires)}.</Trans>
      </p>
    </>
  );
}
