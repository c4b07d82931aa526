import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";

import { Field } from "@/ui/field";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { SegmentGrid } from "./segment-grid";
import { gridOf } from "./segment-rows";
import type { Collection } from "./types";
import { useSegments } from "./use-collection";

// A longer collection is looked at client by client: the whole grid would be as many cells as this many pages.
const most = 1000;

export function SegmentsTab({ collection }: { collection: Collection }) {
  const { clients, counts } = collection;
  const single = counts.total > most && clients.length > 1;
  const [chosen, setChosen] = useState(clients[0]?.id ?? "");
  return (
    <>
      {single && (
        <Field label={t`Client`} className="mb-13 sm:w-1/3">
          {({ id }) => <Select id={id} value={chosen} choices={clients.map((client) => ({ value: client.id, label: client.name }))} onChange={setChosen} />}
        </Field>
      )}
      <Grid collection={collection} {...(single ? { instance: chosen } : {})} />
      <p className="label mt-8 max-w-618">
        <Trans>A provisional segment was read before its data were complete; it is collected once more when they are. A press on a segment opens its run.</Trans>
      </p>
    </>
  );
}

function Grid({ collection, instance }: { collection: Collection; instance?: string }) {
  const list = useSegments(collection.id, instance === undefined ? {} : { instance_id: instance });
  const { hasMore, loadingMore, loadMore } = list;
  useEffect(() => {
    if (hasMore && !loadingMore) loadMore();
  }, [hasMore, loadingMore, loadMore]);
  if (list.pending) return <RowsSkeleton rows={4} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) {
    return (
      <EmptyState title={<Trans>No segment has ended yet</Trans>}>
        <Trans>The first is collected when its time is over and Amazon's data are there.</Trans>
      </EmptyState>
    );
  }
  return <SegmentGrid grid={gridOf(list.rows, collection.clients)} unit={collection.segments.unit} />;
}
