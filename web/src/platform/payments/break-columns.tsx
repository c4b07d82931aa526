import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";
import { formatDay, formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import type { WorkColumn } from "@/ui/table/work-rows";

import type { Break } from "./types";
import { breakWords } from "./words";

export const breakWord = ({ kind }: Break) => breakWords()[kind] ?? kind;
const money = (minor: number | null, { currency }: Break) => (minor === null ? "–" : formatMoney(minor, currency));

export function BreakState({ found }: { found: Break }) {
  return found.state === "open" ? (
    <Badge tone="waiting">
      <Trans>Open</Trans>
    </Badge>
  ) : (
    <Badge tone="ok">
      <Trans>Settled</Trans>
    </Badge>
  );
}

export function breakColumns(): WorkColumn<Break>[] {
  return [
    {
      id: "kind",
      label: t`What differs`,
      width: "minmax(150px, 2fr)",
      cell: (row) => <span className="font-medium">{breakWord(row)}</span>,
      text: breakWord,
      order: breakWord,
      onPhone: "title",
    },
    {
      id: "state",
      label: t`State`,
      width: "minmax(100px, 1fr)",
      cell: (row) => <BreakState found={row} />,
      text: (row) => row.state,
      onPhone: "state",
    },
    {
      id: "reference",
      label: t`Reference`,
      width: "minmax(120px, 1.5fr)",
      cell: (row) => <span className="font-mono text-muted">{row.reference ?? "–"}</span>,
      text: (row) => row.reference ?? "",
    },
    {
      id: "expected",
      label: t`Ours`,
      width: "minmax(90px, 1fr)",
      numeric: true,
      cell: (row) => money(row.expected_minor, row),
      text: (row) => money(row.expected_minor, row),
      order: (row) => row.expected_minor ?? 0,
      onPhone: "detail",
    },
    {
      id: "found",
      label: t`Theirs`,
      width: "minmax(90px, 1fr)",
      numeric: true,
      cell: (row) => money(row.found_minor, row),
      text: (row) => money(row.found_minor, row),
      order: (row) => row.found_minor ?? 0,
      onPhone: "detail",
    },
    {
      id: "value_on",
      label: t`Value date`,
      width: "minmax(110px, 1fr)",
      numeric: true,
      cell: (row) => formatDay(row.value_on),
      text: (row) => row.value_on,
      order: (row) => row.value_on,
    },
    {
      id: "opened_at",
      label: t`Found`,
      width: "minmax(140px, 1.2fr)",
      numeric: true,
      cell: (row) => formatShort(row.opened_at),
      text: (row) => row.opened_at,
      order: (row) => row.opened_at,
    },
  ];
}
