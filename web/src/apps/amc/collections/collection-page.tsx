import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, type ReactNode } from "react";

import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { Facts, PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { HistorySection } from "../history/history-section";
import { CollectionActions } from "./collection-actions";
import { ContinuingSwitch } from "./continuing-switch";
import { CountsBar, CountsLegend } from "./counts-bar";
import { FailedSegments } from "./failed-segments";
import { RestingNote } from "./resting-note";
import { SegmentsTab } from "./segments-tab";
import { TakenTo } from "./taken-to";
import type { Collection } from "./types";
import { collectionPath, segmentsPath, useCollection } from "./use-collection";
import { CollectionBadge, reachText, unitWord } from "./words";

const JoinedRows = lazy(() => import("./joined-rows").then((file) => ({ default: file.JoinedRows })));

const route = getRouteApi("/app/amc/runs/collections/$collectionId");

export function CollectionPage() {
  const { collectionId } = route.useParams();
  const { data, error, isPending, refetch } = useCollection(collectionId);
  useTitle(data?.name ?? t`Collection`);
  useLive({ module: "amc", refresh: [[collectionPath, collectionId], [segmentsPath(collectionId)]] });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record collection={data} />;
}

function Record({ collection }: { collection: Collection }) {
  const { tab = "segments" } = route.useSearch();
  const go = route.useNavigate();
  const { counts } = collection;
  const some = counts.settled + counts.provisional > 0;
  const part = (children: ReactNode) => <Suspense fallback={<RowsSkeleton rows={6} />}>{children}</Suspense>;
  return (
    <>
      <PageHead
        above={
          <Link to="/amc/runs/collections" className="hover:text-ink">
            <Trans>Collections</Trans>
          </Link>
        }
        title={collection.name}
        beside={<CollectionBadge state={collection.state} />}
        actions={<CollectionActions collection={collection} />}
      />
      {collection.pause_reason !== null && <RestingNote collection={collection} />}
      <section aria-label={t`How far it has come`} className="mb-21">
        <CountsBar counts={counts} className="mb-8" />
        <CountsLegend counts={counts} />
      </section>
      {counts.failed > 0 && <FailedSegments collection={collection} />}
      <Tabs
        label={t`Parts of this collection`}
        value={tab}
        onChange={(next) => void go({ search: (before) => ({ ...before, tab: next === "segments" ? undefined : next }), replace: true })}
        tabs={[
          { value: "segments", label: <Trans>Segments</Trans>, content: <SegmentsTab collection={collection} /> },
          {
            value: "rows",
            label: <Trans>Joined rows</Trans>,
            content: some ? (
              part(<JoinedRows collection={collection} />)
            ) : (
              <EmptyState title={<Trans>No row yet</Trans>}>
                <Trans>The rows of all clients and segments stand here together as soon as the first has come.</Trans>
              </EmptyState>
            ),
          },
          { value: "about", label: <Trans>About</Trans>, content: <About collection={collection} /> },
        ]}
      />
    </>
  );
}

function About({ collection }: { collection: Collection }) {
  const { workflow, segments } = collection;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-34 md:grid-cols-2">
      <Section title={<Trans>Facts</Trans>}>
        <Sheet className="px-13 py-5">
          <Facts
            dense
            facts={[
              [
                <Trans key="n">Workflow</Trans>,
                <Link key="v" to="/amc/library/$workflowId" params={{ workflowId: workflow.id }} className="text-link hover:underline">
                  {t`${workflow.name}, version ${workflow.number}`}
                </Link>,
              ],
              [<Trans key="n">Segments</Trans>, unitWord(segments.unit)],
              [<Trans key="n">Time</Trans>, reachText(collection)],
              [<Trans key="n">Time zone</Trans>, collection.time_zone],
            ]}
          />
        </Sheet>
        <div className="mt-21 flex flex-col gap-21">
          <ContinuingSwitch collection={collection} />
          <TakenTo collection={collection} />
        </div>
      </Section>
      <div>
        <Section title={<Trans>Clients</Trans>}>
          <Sheet>
            <ul className="text-12">
              {collection.clients.map(({ id, name }) => (
                <li key={id} className="border-b border-line px-13 py-8 last:border-0">
                  <Link to="/amc/clients/$clientId" params={{ clientId: id }} className="hover:underline">
                    {name}
                  </Link>
                </li>
              ))}
            </ul>
          </Sheet>
        </Section>
        <HistorySection id={collection.id} />
      </div>
    </div>
  );
}
