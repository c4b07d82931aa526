import { Trans } from "@lingui/react/macro";

import type { EventEntry } from "@/kernel/api-types";
import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { PersonName } from "@/ui/person";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";

import { eventDetail, eventText } from "./event-words";

/** Every step of a record, the newest first, and below it the events as the log keeps them. */
export function History({ id }: { id: string }) {
  const list = useKeysetList<EventEntry>("/events", { aggregate_id: id });
  useLive({ module: "amc", about: ({ aggregate_id }) => aggregate_id === id, refresh: [["/events", "list", { aggregate_id: id }]] });
  if (list.pending) return <RowsSkeleton rows={4} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) {
    return (
      <p className="label">
        <Trans>Nothing happened yet.</Trans>
      </p>
    );
  }
  return (
    <>
      <Timeline entries={list.rows.map(entryOf)} />
      {list.hasMore && (
        <Button tone="quiet" className="mt-13" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
      <details className="mt-21">
        <summary className="min-h-34 cursor-pointer text-12 text-muted">
          <Trans>Raw events</Trans>
        </summary>
        {list.rows.map((event) => (
          <RawEvent key={event.id} event={event} />
        ))}
      </details>
    </>
  );
}

function entryOf(event: EventEntry) {
  const detail = eventDetail(event);
  return {
    id: event.id,
    at: event.occurred_at,
    title: eventText(event),
    by: event.actor.label ?? <PersonName id={event.actor.id} kind={event.actor.kind} />,
    ...(detail === undefined ? {} : { detail }),
  };
}

function RawEvent({ event }: { event: EventEntry }) {
  return (
    <details className="border-b border-line py-5 text-12 last:border-0">
      <summary className="flex min-h-34 cursor-pointer flex-wrap items-center gap-x-13">
        <code className="font-mono break-all">{event.name}</code>
        <span className="text-muted">{formatShort(event.occurred_at)}</span>
      </summary>
      <p className="label">
        <CopyId value={event.id} full />
      </p>
      <pre className="mt-5 overflow-x-auto rounded-5 bg-sunken p-8 font-mono text-12">
        {JSON.stringify({ actor: event.actor, payload: event.payload }, null, 2)}
      </pre>
    </details>
  );
}
