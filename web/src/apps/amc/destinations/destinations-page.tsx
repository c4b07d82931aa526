import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
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
import { permissions } from "../permissions";
import { runTabs } from "../runs/run-tabs";
import { DestinationActions } from "./destination-actions";
import type { Destination } from "./types";
import { kindWord, placeOf } from "./words";

const DestinationDialog = lazy(() => import("./destination-dialog").then((file) => ({ default: file.DestinationDialog })));
const path = "/amc/destinations";

/** Where results are taken to: tables, folders and buckets. */
export function DestinationsPage() {
  useTitle(t`Destinations`);
  useLive({ module: "amc", about: ({ name }) => name.startsWith("amc.destination_"), refresh: [[path]] });
  const may = useCan()(...permissions.manage);
  const empty = useIsEmpty(path);
  const [adding, setAdding] = useState(false);
  const button = may && (
    <Button tone="primary" icon={<Plus size={13} aria-hidden />} onClick={() => setAdding(true)}>
      <Trans>Add a destination</Trans>
    </Button>
  );
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} {...(empty ? {} : { actions: button })} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      <RecordList<Destination>
        path={path}
        row={(destination) => (
          <div className="py-5">
            <Line
              title={<span className="font-medium">{destination.name}</span>}
              detail={
                <>
                  <span>{kindWord(destination.kind)}</span>
                  <span className="break-all">{placeOf(destination)}</span>
                </>
              }
              actions={may && <DestinationActions destination={destination} />}
            />
          </div>
        )}
        empty={
          <EmptyState title={<Trans>Results stay here so far</Trans>} action={button}>
            <Trans>A run or a schedule can take its result to a table of PostgreSQL, a folder or a bucket. A window that comes again replaces what was there.</Trans>
          </EmptyState>
        }
      />
      <Suspense>{adding && <DestinationDialog onClose={() => setAdding(false)} />}</Suspense>
    </>
  );
}
