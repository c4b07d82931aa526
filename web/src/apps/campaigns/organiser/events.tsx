import { useQuery } from "@tanstack/react-query";

import type { EventEntry, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

function useEvents(campaignId: string) {
  return useQuery({
    queryKey: ["/events", campaignId],
    queryFn: ({ signal }) => get<Page<EventEntry>>("/events", { signal, query: { aggregate_id: campaignId } }),
  });
}

export function RawEvents({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, refetch } = useEvents(campaignId);
  if (isPending) return <RowsSkeleton rows={4} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Sheet>
      {data.items.map((event) => (
        <details key={event.id} className="border-b border-line px-13 py-8 text-12 last:border-0">
          <summary className="flex cursor-pointer flex-wrap items-center gap-x-13">
            <code className="font-mono">{event.name}</code>
            <span className="text-muted">{formatShort(event.occurred_at)}</span>
          </summary>
          <p className="label mt-8">
            <CopyId value={event.id} full />
          </p>
          <pre className="mt-8 overflow-x-auto rounded-5 bg-sunken p-13 font-mono text-12">
            {JSON.stringify({ actor: event.actor, payload: event.payload }, null, 2)}
          </pre>
        </details>
      ))}
    </Sheet>
  );
}
