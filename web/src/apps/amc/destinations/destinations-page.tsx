import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useIsEmpty } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { SortChoice } from "../list/sort-choice";
import { permissions } from "../permissions";
import { runTabs } from "../runs/run-tabs";
import { DestinationActions } from "./destination-actions";
import type { Destination } from "./types";
import { kindWord, placeOf } from "./words";

const DestinationDialog = lazy(() => import("./destination-dialog").then((file) => ({ default: file.DestinationDialog })));
const path = "/amc/destinations";

const route = getRouteApi("/app/amc/runs/destinations");

/** Where results are taken to: tables, folders and buckets. */
export function DestinationsPage() {
  useTitle(t`Destinations`);
  const { sort } = route.useSearch();
  const go = route.useNavigate();
  useLive({ module: "amc", about: ({ name }) => name.startsWith("amc.destination_"), refresh: [[path]] });
  const may = useCan()(...permissions.manage);
  const empty = useIsEmpty(path);
  // Null while one is added; undefined while no dialog is open.
  const [edited, setEdited] = useState<Destination | null>();
  const button = may && (
    <Button tone="primary" icon={<Plus size={13} aria-hidden />} onClick={() => setEdited(null)}>
      <Trans>Add a destination</Trans>
    </Button>
  );
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} {...(empty ? {} : { actions: button })} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      <RecordList<Destination>
        path={path}
        query={{ sort }}
        order={
          <SortChoice
            sort={sort}
            onSort={(next) => void go({ search: { sort: next }, replace: true })}
            choices={[
              { value: "name", label: t`By name` },
              { value: "kind", label: t`By kind` },
              { value: "-created_at", label: t`Newest first` },
            ]}
          />
        }
        row={(destination) => (
          <div className="py-5">
            <Line
              title={<span className="font-medium">{destination.name}</span>}
              detail={
                <>
                  <span>{kindWord(destination.kind)}</span>
                  <span className="wrap-anywhere">{placeOf(destination)}</span>
                </>
              }
              actions={may && <DestinationActions destination={destination} onEdit={() => setEdited(destination)} />}
            />
          </div>
        )}
        empty={
          <EmptyState title={<Trans>Results stay here so far</Trans>} action={button}>
            <Trans>A run, a schedule or a collection can take its result to a table of PostgreSQL, a folder or a bucket. A window that comes again replaces what was there.</Trans>
          </EmptyState>
        }
      />
      <Suspense>{edited !== undefined && <DestinationDialog destination={edited} onClose={() => setEdited(undefined)} />}</Suspense>
    </>
  );
}
