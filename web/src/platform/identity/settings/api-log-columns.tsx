import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatExact, formatLogged } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import type { Column } from "@/ui/table/columns";

import type { ApiCall } from "./api-log-types";

/** The names of the organisation's keys by their ids. */
export type KeyNames = ReadonlyMap<string, string>;

function toneOf(status: number): Tone {
  if (status >= 500) return "bad";
  return status >= 400 ? "warn" : "ok";
}

const inMs = (row: ApiCall) => `${row.duration_ms.toLocaleString("en-GB", { maximumFractionDigits: 1 })} ms`;
const inBytes = (row: ApiCall) => row.response_bytes.toLocaleString("en-GB");
const shortRoute = (row: ApiCall) => row.route.replace("/api/v1", "");

function Answer({ call }: { call: ApiCall }) {
  return (
    <Badge tone={toneOf(call.status)}>
      <span className="tabular-nums">{call.code === null ? call.status : `${call.status} ${call.code}`}</span>
    </Badge>
  );
}

export function apiLogColumns(names: KeyNames): Column<ApiCall>[] {
  const keyOf = (row: ApiCall) => names.get(row.api_key_id) ?? t`a key of before`;
  return [
    {
      id: "called_at",
      label: t`When`,
      width: "minmax(165px, 1fr)",
      cell: (row) => formatLogged(row.called_at),
      text: (row) => row.called_at,
      onPhone: "detail",
    },
    {
      id: "route",
      label: t`Call`,
      width: "minmax(200px, 2.6fr)",
      cell: (row) => (
        <code className="font-mono">
          <span className="text-muted">{row.method}</span> {shortRoute(row)}
        </code>
      ),
      text: (row) => `${row.method} ${row.route}`,
      onPhone: "title",
      wraps: true,
    },
    {
      id: "status",
      label: t`Answer`,
      width: "minmax(150px, 1.4fr)",
      cell: (row) => <Answer call={row} />,
      text: (row) => `${row.status} ${row.code ?? ""}`.trim(),
      onPhone: "state",
    },
    { id: "key", label: t`Key`, width: "minmax(110px, 1fr)", cell: keyOf, text: keyOf, onPhone: "detail" },
    { id: "duration", label: t`Took`, width: "minmax(80px, 0.6fr)", numeric: true, cell: inMs, text: (row) => String(row.duration_ms) },
    { id: "bytes", label: t`Bytes`, width: "minmax(80px, 0.6fr)", numeric: true, cell: inBytes, text: (row) => String(row.response_bytes) },
    {
      id: "request_id",
      label: t`Request`,
      width: "minmax(110px, 1fr)",
      hidden: true,
      cell: (row) => <span className="font-mono text-muted">{row.request_id}</span>,
      text: (row) => row.request_id,
    },
  ];
}

export function ApiCallPeek({ call, names }: { call: ApiCall; names: KeyNames }) {
  return (
    <div className="flex flex-col gap-13">
      <h2 className="pr-34 font-mono text-16 font-semibold break-all">
        {call.method} {call.route}
      </h2>
      <div>
        <Answer call={call} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">When</Trans>, formatExact(call.called_at)],
          [<Trans key="n">Took</Trans>, inMs(call)],
          [<Trans key="n">Bytes answered</Trans>, inBytes(call)],
          [<Trans key="n">Key</Trans>, names.get(call.api_key_id) ?? <CopyId key="v" value={call.api_key_id} />],
          [<Trans key="n">For the person</Trans>, call.user_id === null ? "–" : <CopyId key="v" value={call.user_id} />],
          [<Trans key="n">Request</Trans>, <CopyId key="v" value={call.request_id} />],
        ]}
      />
    </div>
  );
}
