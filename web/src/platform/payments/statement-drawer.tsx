import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { useKeysetList } from "@/kernel/list";
import { formatMoney } from "@/kernel/money";
import { formatDay, formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button, buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { daysOf, formatName, statementName, StatementState } from "./statement-columns";
import type { Statement, StatementLine } from "./types";

export function StatementDrawer({ statement }: { statement: Statement }) {
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold break-all">{statementName(statement)}</h2>
        <StatementState statement={statement} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">Days</Trans>, daysOf(statement)],
          [<Trans key="n">Format</Trans>, formatName(statement)],
          [<Trans key="n">Provider</Trans>, statement.provider],
          ...statement.balances.map(({ currency, opening_minor, closing_minor }) => [
            <Trans key="n">Balance in {currency}</Trans>,
            `${formatMoney(opening_minor, currency)} → ${formatMoney(closing_minor, currency)}`,
          ] as const),
          [<Trans key="n">Imported</Trans>, formatInstant(statement.imported_at)],
          [<Trans key="n">Hash of the file</Trans>, <CopyId key="v" value={statement.content_sha256} />],
        ]}
      />
      {statement.unmatched_count > 0 && (
        <Link to="/payments/breaks" search={{ state: "open" }} className={buttonClass("primary")}>
          <Trans>Open the differences</Trans>
        </Link>
      )}
      <Lines statement={statement} />
    </div>
  );
}

function Lines({ statement }: { statement: Statement }) {
  const list = useKeysetList<StatementLine>("/payments/statement-lines", { statement_id: statement.id });
  if (list.pending) return <RowsSkeleton rows={3} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  return (
    <section>
      <h3 className="mb-5 text-12 font-semibold">
        <Trans>Lines</Trans>
      </h3>
      <ol className="text-12">
        {list.rows.map((line) => (
          <li key={line.id} className="flex flex-wrap items-baseline justify-between gap-x-13 border-b border-line py-5 last:border-0">
            <span className="min-w-0 font-mono break-all text-muted">{line.reference ?? `#${String(line.line_no)}`}</span>
            <span className="ml-auto">{formatMoney(line.amount_minor, line.currency)}</span>
            <span className="flex w-full items-center justify-between gap-8 text-muted">
              {formatDay(line.value_on)}
              <LineState state={line.match_state} />
            </span>
          </li>
        ))}
      </ol>
      {list.hasMore && (
        <Button tone="quiet" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </section>
  );
}

function LineState({ state }: { state: string }) {
  if (state === "matched") return <Badge tone="ok"><Trans>Matched</Trans></Badge>;
  if (state === "ignored") return <Badge tone="ended"><Trans>Does not count</Trans></Badge>;
  return <Badge tone="waiting"><Trans>Unmatched</Trans></Badge>;
}
