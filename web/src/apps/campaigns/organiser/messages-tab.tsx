import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Download } from "lucide-react";
import { useMemo, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Sheet } from "@/ui/page";
import { Select } from "@/ui/select";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { download, toCsv, type Column } from "@/ui/table/columns";
import { DataTable } from "@/ui/table/data-table";

import type { ToldMessage } from "../talk-types";

const plain = (name: string) => name.replaceAll("_", " ");

function columns(): Column<ToldMessage>[] {
  return [
    {
      id: "step",
      label: t`Step`,
      width: "minmax(140px, 1.5fr)",
      cell: (row) => <span className="first-letter:uppercase">{plain(row.step)}</span>,
      text: (row) => plain(row.step),
      onPhone: "title",
    },
    {
      id: "template",
      label: t`Message, version`,
      width: "minmax(160px, 2fr)",
      cell: (row) => `${row.template}, ${String(row.template_version)}`,
      text: (row) => `${row.template}, ${String(row.template_version)}`,
      onPhone: "detail",
    },
    {
      id: "user",
      label: t`Told to`,
      width: "minmax(120px, 1fr)",
      cell: (row) => <CopyId value={row.user_id} />,
      text: (row) => row.user_id,
    },
    {
      id: "sent_at",
      label: t`Sent`,
      width: "minmax(140px, 1fr)",
      numeric: true,
      cell: (row) => formatShort(row.sent_at),
      text: (row) => row.sent_at,
      onPhone: "detail",
    },
  ];
}

/** Which fixed message told whom of which step; the texts themselves are kept with the mail. */
export function MessagesTab({ campaignId }: { campaignId: string }) {
  const [template, setTemplate] = useState("");
  const all = useKeysetList<ToldMessage>(`/campaigns/${campaignId}/messages`, {});
  const list = useKeysetList<ToldMessage>(`/campaigns/${campaignId}/messages`, template === "" ? {} : { template });
  const shown = useMemo(() => columns(), []);
  const templates = [...new Set(all.rows.map((row) => row.template))].sort();
  if (list.pending) return <RowsSkeleton rows={5} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) {
    return (
      <EmptyState title={<Trans>Nobody was told anything yet</Trans>}>
        <Trans>Each step of the campaign tells those it concerns, by a fixed message that cannot be muted.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-13 flex flex-wrap items-center justify-between gap-8">
        <div className="w-full max-w-377">
          <Select
            dense
            label={t`Which message`}
            value={template}
            choices={[{ value: "", label: t`Every message` }, ...templates.map((value) => ({ value, label: value }))]}
            onChange={setTemplate}
          />
        </div>
        <Button icon={<Download size={13} aria-hidden />} onClick={() => download("messages.csv", toCsv(shown, list.rows))}>
          <Trans>Export what is shown</Trans>
        </Button>
      </div>
      <Sheet>
        <DataTable
          label={t`Messages`}
          columns={shown}
          visible={{}}
          rows={list.rows}
          rowId={(row) => `${row.subject_id} ${String(row.ordinal)} ${row.user_id} ${row.template}`}
          rowLabel={(row) => plain(row.step)}
          sort=""
          onSort={() => undefined}
          hasMore={list.hasMore}
          loadingMore={list.loadingMore}
          loadMore={list.loadMore}
        />
      </Sheet>
    </>
  );
}
