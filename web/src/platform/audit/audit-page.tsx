import { plural, t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useMemo, useState } from "react";

import type { AuditEntry } from "@/kernel/api-types";
import { getFile } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useMe } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead, Sheet } from "@/ui/page";
import { RealTimeNote, useClockAhead } from "@/ui/real-time";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { downloadFile } from "@/ui/table/columns";
import { DataTable } from "@/ui/table/data-table";
import { SavedViews } from "@/ui/table/saved-views";
import { TableBar } from "@/ui/table/table-bar";
import { useColumns } from "@/ui/table/use-columns";
import { useAct } from "@/ui/use-act";

import { AuditPeek, auditColumns } from "./columns";
import { SealLine } from "./seal-line";

const route = getRouteApi("/app/audit");
const modules = ["campaigns", "tenancy", "identity", "payments", "ledger", "notifications", "gateway"];
const id = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i;

/** What was typed: an id is a record's, anything else is a request's. */
function searchFor(text: string) {
  return {
    aggregate_id: id.test(text) ? text : undefined,
    request_id: text !== "" && !id.test(text) ? text : undefined,
  };
}

export function AuditPage() {
  useTitle(t`Audit log`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const ahead = useClockAhead() !== 0;
  const columns = useMemo(() => auditColumns(ahead), [ahead]);
  const { visible, setVisible } = useColumns("audit", columns);
  const list = useKeysetList<AuditEntry>("/audit", search);
  const me = useMe();
  useLive({ module: "campaigns", refresh: list.rows.length > 50 ? [] : [["/audit", "list"], ["/audit/status"]] });
  const [busy, setBusy] = useState(false);
  const save = useAct({
    work: async (format: "csv" | "json") => {
      setBusy(true);
      const file = await getFile("/audit/export", { ...search, format });
      downloadFile(format === "csv" ? "audit.csv" : "audit.jsonl", file);
    },
    refresh: [],
    refused: t`The log was not exported`,
    onDone: () => setBusy(false),
    onRefused: () => setBusy(false),
  });
  useCommands("audit", [
    { id: "audit-csv", label: t`Export the log as CSV`, key: "e", group: t`Audit log`, run: () => save.mutate("csv") },
    { id: "audit-json", label: t`Export the log as JSON lines`, group: t`Audit log`, run: () => save.mutate("json") },
  ]);
  const self = me?.user.id;
  return (
    <>
      <PageHead
        title={<Trans>Audit log</Trans>}
        below={<Trans>Everything that happened in this organisation, the newest first. Nobody can change it.</Trans>}
        actions={
          <Button busy={busy} shortcut="e" icon={<Download size={13} aria-hidden />} onClick={() => save.mutate("csv")}>
            <Trans>Export CSV</Trans>
          </Button>
        }
      />
      <SealLine />
      <RealTimeNote />
      <Sheet>
        <SavedViews
          name="audit"
          given={[
            { name: t`All`, search: {} },
            { name: t`Campaigns`, search: { name: "campaigns" } },
            { name: t`Organisation`, search: { name: "tenancy" } },
            ...(self === undefined ? [] : [{ name: t`By me`, search: { actor_id: self } }]),
          ]}
          current={search}
          onOpen={(next) => void go({ search: next })}
        />
        <TableBar
          query={search.aggregate_id ?? search.request_id ?? ""}
          onQuery={(typed) => void go({ search: (before) => ({ ...before, ...searchFor(typed.trim()) }), replace: true })}
          placeholder={t`Record or request id`}
          filters={[
            { id: "name", label: t`Module`, choices: modules.map((value) => ({ value, label: value })) },
            {
              id: "since",
              label: t`Since`,
              choices: [1, 7, 30].map((days) => ({ value: daysAgo(days), label: plural(days, { one: "# day back", other: "# days back" }) })),
            },
          ]}
          values={{ name: search.name, since: search.since }}
          onFilter={(name, value) => void go({ search: (before) => ({ ...before, [name]: value }) })}
          columns={columns}
          visible={visible}
          onVisible={setVisible}
          onExport={() => save.mutate("csv")}
        />
        {list.pending ? (
          <RowsSkeleton />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <EmptyState title={<Trans>Nothing matches</Trans>}>
            <Trans>Take a filter away, or look over a longer time.</Trans>
          </EmptyState>
        ) : (
          <DataTable
            label={t`Audit log`}
            columns={columns}
            visible={visible}
            rows={list.rows}
            rowId={(row) => row.id}
            rowLabel={(row) => row.name}
            sort=""
            onSort={() => undefined}
            peek={(row) => <AuditPeek entry={row} />}
            hasMore={list.hasMore}
            loadingMore={list.loadingMore}
            loadMore={list.loadMore}
          />
        )}
      </Sheet>
      {!list.hasMore && list.rows.length > 0 && (
        <p className="label mt-8">
          <Plural value={list.rows.length} one="# entry" other="# entries" />
        </p>
      )}
    </>
  );
}

/** The beginning of a day some days back: the same all day, so that the address stays the same. */
function daysAgo(days: number): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - days);
  return day.toISOString();
}
