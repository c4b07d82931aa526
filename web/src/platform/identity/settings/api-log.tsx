import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useMemo } from "react";

import type { ApiKey } from "@/kernel/api-types";
import { useKeysetList, writeCount } from "@/kernel/list";
import { IconButton } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { RealTimeNote } from "@/ui/real-time";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { download, toCsv } from "@/ui/table/columns";
import { DataTable } from "@/ui/table/data-table";
import { TableBar } from "@/ui/table/table-bar";
import { useColumns } from "@/ui/table/use-columns";

import { ApiCallPeek, apiLogColumns } from "./api-log-columns";
import type { ApiCall } from "./api-log-types";

const route = getRouteApi("/app/settings/api-keys");
const path = "/api-log";

/** What was typed: an address begins with a stroke, anything else is a request's id. */
function searchFor(typed: string) {
  return {
    route: typed.startsWith("/") ? typed : undefined,
    request_id: typed !== "" && !typed.startsWith("/") ? typed : undefined,
  };
}

/** The documentation's addresses begin with the version; nobody types it. */
const whole = (typed: string | undefined) => (typed === undefined || typed.startsWith("/api") ? typed : `/api/v1${typed}`);

/** The calls made with the organisation's keys, as a table. */
export function ApiLog() {
  const { api_key_id, route: address, status, request_id, since } = route.useSearch();
  const go = route.useNavigate();
  const queries = useQueryClient();
  const keys = useKeysetList<ApiKey>("/api-keys", {});
  const names = useMemo(() => new Map(keys.rows.map((key) => [key.id, key.name])), [keys.rows]);
  const columns = useMemo(() => apiLogColumns(names), [names]);
  const { visible, setVisible, shown } = useColumns("api-log", columns);
  const query = { api_key_id, route: whole(address), status, request_id, since };
  const list = useKeysetList<ApiCall>(path, query, true);
  const narrowed = Object.values(query).some((value) => value !== undefined);
  return (
    <>
      <p className="label mb-13 max-w-618">
        <Trans>Every call made with a key, a second or two after its answer, for ninety days. What was sent is not kept.</Trans>
      </p>
      <RealTimeNote />
      <Sheet>
        <TableBar
          query={address ?? request_id ?? ""}
          onQuery={(typed) => void go({ search: (before) => ({ ...before, ...searchFor(typed.trim()) }), replace: true })}
          placeholder={t`/address or request id`}
          filters={[
            { id: "api_key_id", label: t`Key`, choices: keys.rows.map(({ id, name }) => ({ value: id, label: name })) },
            {
              id: "status",
              label: t`Answer`,
              choices: [
                { value: "2xx", label: t`Done` },
                { value: "4xx", label: t`Refused` },
                { value: "5xx", label: t`Failed` },
              ],
            },
            {
              id: "since",
              label: t`Since`,
              choices: [0, 1, 7, 30].map((days) => ({
                value: daysAgo(days),
                label: days === 0 ? t`Today` : plural(days, { one: "# day back", other: "# days back" }),
              })),
            },
          ]}
          values={{ api_key_id, status, since }}
          onFilter={(id, value) => void go({ search: (before) => ({ ...before, [id]: value }) })}
          columns={columns}
          visible={visible}
          onVisible={setVisible}
          onExport={() => download("api-log.csv", toCsv(shown, list.rows))}
          loaded={list.hasMore ? list.rows.length : undefined}
          count={
            <>
              {list.count !== null && <Calls count={list.count} />}
              <IconButton label={t`Look again`} onClick={() => void queries.invalidateQueries({ queryKey: [path] })}>
                <RotateCw size={16} aria-hidden />
              </IconButton>
            </>
          }
        />
        {list.pending ? (
          <RowsSkeleton />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <Nothing narrowed={narrowed} />
        ) : (
          <DataTable
            label={t`Calls`}
            columns={columns}
            visible={visible}
            rows={list.rows}
            rowId={(row) => row.id}
            rowLabel={(row) => `${row.method} ${row.route}`}
            sort=""
            onSort={() => undefined}
            peek={(row) => <ApiCallPeek call={row} names={names} />}
            hasMore={list.hasMore}
            loadingMore={list.loadingMore}
            loadMore={list.loadMore}
          />
        )}
      </Sheet>
    </>
  );
}

function Calls({ count }: { count: { value: number; capped: boolean } }) {
  const written = writeCount(count);
  return <span className="label mr-8">{plural(count.value, { one: `${written} call`, other: `${written} calls` })}</span>;
}

function Nothing({ narrowed }: { narrowed: boolean }) {
  return narrowed ? (
    <EmptyState title={<Trans>Nothing matches</Trans>}>
      <Trans>Take a filter away, or look over a longer time.</Trans>
    </EmptyState>
  ) : (
    <EmptyState title={<Trans>No call yet</Trans>}>
      <Trans>
        Send a request with the header <code className="font-mono">X-API-Key</code>; it stands here a moment later.
      </Trans>
    </EmptyState>
  );
}

/** The beginning of a day some days back: the same all day, so that the address stays the same. */
function daysAgo(days: number): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - days);
  return day.toISOString();
}
