import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { Section } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";

import { eventWords } from "./audit/event-words";
import type { AuditEntry } from "./types";
import { useMay } from "./use-access";

const shown = 13;

interface RecordTimelineProps {
  aggregateId: string;
  /** Whose log it is; a limited operator may ask for their own tenants' only. */
  tenantId?: string;
}

/** The newest entries of the log about one record, for operators who may read it. */
export function RecordTimeline({ aggregateId, tenantId }: RecordTimelineProps) {
  const may = useMay();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/audit", "timeline", aggregateId],
    queryFn: ({ signal }) =>
      get<Page<AuditEntry>>("/admin/audit", {
        signal,
        query: { aggregate_id: aggregateId, tenant_id: tenantId, limit: shown },
      }),
    enabled: may("audit:read"),
  });
  if (!may("audit:read")) return null;
  const search = tenantId === undefined ? { aggregate_id: aggregateId } : { aggregate_id: aggregateId, tenant_id: tenantId };
  return (
    <Section
      title={<Trans>What happened</Trans>}
      actions={
        <Link to="/console/audit" search={search} className="text-12 text-link hover:underline">
          <Trans>All of it</Trans>
        </Link>
      }
    >
      {isPending ? (
        <RowsSkeleton rows={3} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.items.length === 0 ? (
        <p className="label">
          <Trans>Nothing yet.</Trans>
        </p>
      ) : (
        <Timeline
          entries={data.items.map((entry) => ({
            id: entry.id,
            at: entry.occurred_at,
            title: eventWords(entry.name),
            by: entry.actor.label ?? t`somebody`,
          }))}
        />
      )}
    </Section>
  );
}
