import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { AuditEntry } from "@/kernel/api-types";
import { formatExact, formatLogged } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import type { Column } from "@/ui/table/columns";

/** "campaigns.commitment_placed.v1" as words: "Commitment placed". */
export function eventWords(name: string): string {
  const words = (name.split(".")[1] ?? name).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where a step led, or what it concerned, when the event says so in a word. */
function detailOf({ payload }: AuditEntry): string {
  const said = [payload["to_state"], payload["kind"], payload["category"], payload["outcome"], payload["field"]];
  const word = said.find((part) => typeof part === "string");
  return typeof word === "string" ? word.replaceAll("_", " ") : "";
}

const actor = ({ actor: { label, kind } }: AuditEntry) => label ?? kind.replaceAll("_", " ");
const moduleOf = ({ name }: AuditEntry) => name.split(".")[0] ?? "";

/** `ahead`: the organisation's clock is not the real one, so both are shown. */
export function auditColumns(ahead = false): Column<AuditEntry>[] {
  return [
    {
      id: "recorded_at",
      label: ahead ? t`Real time` : t`When`,
      width: "minmax(165px, 1fr)",
      cell: (row) => formatLogged(row.recorded_at),
      text: (row) => row.recorded_at,
      onPhone: "detail",
    },
    {
      id: "occurred_at",
      label: t`On the organisation’s clock`,
      width: "minmax(165px, 1fr)",
      hidden: !ahead,
      cell: (row) => formatLogged(row.occurred_at),
      text: (row) => row.occurred_at,
    },
    {
      id: "name",
      label: t`What`,
      width: "minmax(160px, 2fr)",
      cell: (row) => (
        <>
          <span className="font-medium">{eventWords(row.name)}</span> <span className="text-muted">{detailOf(row)}</span>
        </>
      ),
      text: (row) => row.name,
      onPhone: "title",
    },
    {
      id: "module",
      label: t`Module`,
      width: "minmax(100px, 1fr)",
      cell: (row) => <code className="font-mono text-muted">{moduleOf(row)}</code>,
      text: moduleOf,
    },
    { id: "actor", label: t`By`, width: "minmax(120px, 1.2fr)", cell: actor, text: actor, onPhone: "detail" },
    {
      id: "request_id",
      label: t`Request`,
      width: "minmax(110px, 1fr)",
      hidden: true,
      cell: (row) => <span className="font-mono text-muted">{row.request_id}</span>,
      text: (row) => row.request_id,
    },
    {
      id: "seal",
      label: t`Seal`,
      width: "minmax(90px, 0.8fr)",
      numeric: true,
      cell: (row) => (row.seal_sequence === null ? <NotYet /> : `#${row.seal_sequence.toLocaleString("en-GB")}`),
      text: (row) => String(row.seal_sequence ?? ""),
      onPhone: "state",
    },
  ];
}

function NotYet() {
  return (
    <span className="text-muted">
      <Trans>not yet</Trans>
    </span>
  );
}

export function AuditPeek({ entry }: { entry: AuditEntry }) {
  return (
    <div className="flex flex-col gap-13">
      <h2 className="pr-34 text-20 font-semibold">{eventWords(entry.name)}</h2>
      {entry.impersonator_id !== null && (
        <Badge tone="warn">
          <Trans>By an operator in this person&rsquo;s name</Trans>
        </Badge>
      )}
      <Facts
        dense
        facts={[
          [<Trans key="n">Recorded, in real time</Trans>, formatExact(entry.recorded_at)],
          [<Trans key="n">On the organisation&rsquo;s clock</Trans>, formatExact(entry.occurred_at)],
          [<Trans key="n">By</Trans>, actor(entry)],
          [<Trans key="n">Event</Trans>, <code key="v" className="font-mono break-all">{entry.name}</code>],
          [<Trans key="n">Record</Trans>, <CopyId key="v" value={entry.aggregate_id} />],
          [<Trans key="n">Request</Trans>, <CopyId key="v" value={entry.request_id} />],
          [<Trans key="n">Seal</Trans>, entry.seal_hash === null ? "–" : <CopyId key="v" value={entry.seal_hash} />],
        ]}
      />
      <pre className="overflow-x-auto rounded-5 bg-sunken p-13 font-mono text-12">
        {JSON.stringify(entry.payload, null, 2)}
      </pre>
    </div>
  );
}
