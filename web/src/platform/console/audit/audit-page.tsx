import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Download } from "lucide-react";

import { keepFile } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { formatLogged } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { AuditEntry } from "../types";
import { AuditFilters } from "./audit-filters";
import { eventWords } from "./event-words";
import { SealSection } from "./seal-section";
import { platform } from "./use-tenant-names";

const route = getRouteApi("/app/operator/console/audit");

export function AuditPage() {
  useTitle(t`Audit log`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const download = useAct({
    work: (form: "csv" | "json") =>
      keepFile("/admin/audit/export", form === "csv" ? "audit.csv" : "audit.jsonl", {
        query: { ...search, format: form },
      }),
    refresh: [],
    refused: t`The log was not exported`,
  });
  useCommands("console-audit", [
    { id: "csv", label: t`Export as CSV`, key: "e", group: t`Audit log`, run: () => download.mutate("csv") },
    { id: "json", label: t`Export as JSON lines`, group: t`Audit log`, run: () => download.mutate("json") },
  ]);
  return (
    <>
      <PageHead
        title={<Trans>Audit log</Trans>}
        actions={
          <>
            <Button
              shortcut="e"
              icon={<Download size={13} aria-hidden />}
              busy={download.isPending}
              onClick={() => download.mutate("csv")}
            >
              <Trans>CSV</Trans>
            </Button>
            <Button
              icon={<Download size={13} aria-hidden />}
              busy={download.isPending}
              onClick={() => download.mutate("json")}
            >
              <Trans>JSON lines</Trans>
            </Button>
          </>
        }
      />
      <div className="grid gap-34 md:grid-cols-[minmax(0,1.618fr)_minmax(0,1fr)]">
        <div className="min-w-0">
          <AuditFilters search={search} onSearch={(next) => void go({ search: next, replace: true })} />
          <RecordList<AuditEntry>
            path="/admin/audit"
            query={search}
            empty={
              <EmptyState title={<Trans>Nothing matches</Trans>}>
                <Trans>Take a filter away or look further back.</Trans>
              </EmptyState>
            }
            row={(entry) => (
              <Entry
                entry={entry}
                tenant={entry.tenant_id === platform ? t`The platform` : (entry.tenant_name ?? `…${entry.tenant_id.slice(-8)}`)}
                onTenant={(id) => void go({ search: { ...search, tenant_id: id } })}
              />
            )}
          />
        </div>
        <SealSection tenantId={search.tenant_id} />
      </div>
    </>
  );
}

interface EntryProps {
  entry: AuditEntry;
  /** The name of whose log it is. */
  tenant: string;
  onTenant: (id: string) => void;
}

function Entry({ entry, tenant, onTenant }: EntryProps) {
  return (
    <>
      <Line
        title={eventWords(entry.name)}
        detail={
          <>
            <time dateTime={entry.occurred_at}>{formatLogged(entry.occurred_at)}</time>
            <span>{entry.actor.label ?? entry.actor.kind}</span>
            {entry.impersonator_id !== null && <span className="text-warn">{t`an operator in their name`}</span>}
            <code className="font-mono">{entry.name}</code>
          </>
        }
        state={
          <button
            type="button"
            className="text-12 text-link hover:underline"
            title={t`Only this log`}
            onClick={() => onTenant(entry.tenant_id)}
          >
            {tenant}
          </button>
        }
      />
      <details className="mt-3 text-12">
        <summary className="cursor-pointer text-muted hover:text-ink">
          {entry.seal_sequence === null ? (
            <Trans>not sealed yet</Trans>
          ) : (
            <Trans>sealed as number {entry.seal_sequence}</Trans>
          )}
        </summary>
        <dl className="mt-5 grid grid-cols-[auto_minmax(0,1fr)] gap-x-13 gap-y-3">
          <dt className="text-muted">
            <Trans>Record</Trans>
          </dt>
          <dd>
            <CopyId value={entry.aggregate_id} full />
          </dd>
          <dt className="text-muted">
            <Trans>Request</Trans>
          </dt>
          <dd>
            <CopyId value={entry.request_id} full />
          </dd>
        </dl>
        <pre className="mt-5 overflow-x-auto rounded-5 bg-sunken p-8 font-mono" tabIndex={0}>
          {JSON.stringify(entry.payload, null, 2)}
        </pre>
      </details>
    </>
  );
}
