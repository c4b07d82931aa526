import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, TriangleAlert } from "lucide-react";

import { get } from "@/kernel/client";
import { useIsEmpty } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { MainAndSide, PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { count } from "../figures";
import { RunLine } from "../runs/run-line";
import type { Home } from "../types";
import { CollectionsHere } from "./collections-here";
import { Due } from "./due";
import { Failing } from "./failing";

export function HomePage() {
  useTitle(t`AMC`);
  useLive({ module: "amc", refresh: [["/amc/home"], ["/amc/collections", "list"]] });
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/amc/home"],
    queryFn: ({ signal }) => get<Home>("/amc/home", { signal }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHead
        title={<Trans>Amazon Marketing Cloud</Trans>}
        {...(data.last_runs.length === 0
          ? {}
          : {
              actions: (
                <Link to="/amc/clients" className={buttonClass("primary")}>
                  <Trans>Run a query</Trans>
                </Link>
              ),
            })}
      />
      <MainAndSide
        main={
          <Section title={<Trans>Last runs</Trans>}>
            <LastRuns home={data} />
          </Section>
        }
        side={
          <>
            <Section title={<Trans>The last seven days</Trans>}>
              <Success {...data.success_7d} />
            </Section>
            {data.due_24h.length > 0 && (
              <Section title={<Trans>Due in the next 24 hours</Trans>}>
                <Due home={data} />
              </Section>
            )}
            <Section title={<Trans>Failing</Trans>}>
              <Failing home={data} />
            </Section>
            <CollectionsHere />
          </>
        }
      />
    </>
  );
}

function LastRuns({ home }: { home: Home }) {
  const unconnected = useIsEmpty("/amc/connections");
  if (home.last_runs.length === 0) {
    return (
      <Sheet>
        <EmptyState
          title={<Trans>Nothing was run yet</Trans>}
          action={
            <div className="flex flex-wrap justify-center gap-8">
              {unconnected ? (
                <Link to="/amc/connections" className={buttonClass("primary")}>
                  <Trans>Connect an Amazon account</Trans>
                </Link>
              ) : (
                <Link to="/amc/clients" className={buttonClass("primary")}>
                  <Trans>Choose a client</Trans>
                </Link>
              )}
              <Link to="/amc/library/guides" className={buttonClass("plain")}>
                <Trans>Look at the guides</Trans>
              </Link>
            </div>
          }
        >
          {unconnected ? (
            <Trans>Connect an account, choose a client, run a query of the library.</Trans>
          ) : (
            <Trans>Choose a client and run a query of the library for it; a guide brings one that runs as it is.</Trans>
          )}
        </EmptyState>
      </Sheet>
    );
  }
  return (
    <Sheet>
      <ul>
        {home.last_runs.map((run) => (
          <li key={run.id} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
            <RunLine run={run} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Success({ succeeded, failed }: Home["success_7d"]) {
  const all = succeeded + failed;
  if (all === 0) {
    return (
      <p className="label">
        <Trans>No run ended in these days.</Trans>
      </p>
    );
  }
  const share = succeeded / all;
  return (
    <Sheet className="p-13">
      <p className="text-42 font-semibold">{`${(Math.floor(share * 1000) / 10).toLocaleString("en-GB")} %`}</p>
      <div
        role="img"
        aria-label={t`${count(succeeded)} of ${count(all)} runs succeeded`}
        className="my-8 h-5 overflow-hidden rounded-full bg-bad-soft"
      >
        <span className="block h-full rounded-full bg-ok" style={{ width: `${share * 100}%` }} />
      </div>
      <p className="flex flex-wrap gap-x-13 text-12">
        <span className="inline-flex items-center gap-5 text-ok">
          <CircleCheck size={13} aria-hidden />
          <Plural value={succeeded} one="# succeeded" other="# succeeded" />
        </span>
        {failed > 0 && (
          <span className="inline-flex items-center gap-5 text-bad">
            <TriangleAlert size={13} aria-hidden />
            <Plural value={failed} one="# failed" other="# failed" />
          </span>
        )}
      </p>
    </Sheet>
  );
}
