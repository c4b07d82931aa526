import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatDay, formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { WaitsDialog } from "../waits";
import { DeskHead } from "./desk-head";
import { type AskedEntry, EntryDialog } from "./entry-dialog";
import type { ManualEntry, OwnerlessLine } from "./entry-types";
import { entryWord } from "./entry-words";

/** Money the statement shows and nobody owns, and what two people booked by hand about it. */
export function EntriesPage() {
  useTitle(t`Entries by hand`);
  const [asking, setAsking] = useState<AskedEntry | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  return (
    <>
      <DeskHead
        title={<Trans>Entries by hand</Trans>}
        below={
          <Trans>
            One person asks, another approves. Nothing booked is ever changed: a correction is an entry that reverses
            it, and a fee recorded wrongly is corrected from the list of fees.
          </Trans>
        }
      />
      <Ownerless ask={setAsking} />
      <Booked ask={setAsking} />
      {asking !== null && <EntryDialog asked={asking} onClose={() => setAsking(null)} onWaiting={setWaiting} />}
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </>
  );
}

interface ListProps {
  ask: (asked: AskedEntry) => void;
}

const line = "flex flex-wrap items-baseline gap-x-21 gap-y-5 border-b border-line px-13 py-8 text-12 last:border-0 md:grid";
/* Amounts stand under one another, also across both sheets: they are compared by their right edge. */
const columns = {
  ownerless: { acting: "md:grid-cols-[minmax(0,1fr)_110px_230px]", reading: "md:grid-cols-[minmax(0,1fr)_110px]" },
  booked: { acting: "md:grid-cols-[155px_minmax(0,1fr)_110px_230px]", reading: "md:grid-cols-[155px_minmax(0,1fr)_110px]" },
};
const money = "ml-auto text-right font-medium md:order-1";
const verbs = "ml-auto flex gap-8 md:order-2";

function Ownerless({ ask }: ListProps) {
  const may = useCan();
  return may("payments:read") ? <OwnerlessLines ask={ask} mayAsk={may("campaigns:settle")} /> : null;
}

function OwnerlessLines({ ask, mayAsk }: ListProps & { mayAsk: boolean }) {
  const list = useKeysetList<OwnerlessLine>("/payments/breaks", { state: "open", kind: "missing_with_us" });
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) return null;
  return (
    <Section title={<Trans>Without an owner</Trans>} hint={<Trans>The provider&rsquo;s statement shows it; the books do not.</Trans>}>
      <Sheet>
        {list.rows.map((each) => {
          const amount = formatMoney(each.found_minor ?? 0, each.currency);
          return (
            <div key={each.id} className={`${line} ${columns.ownerless[mayAsk ? "acting" : "reading"]}`}>
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                {each.reference ?? "–"}
                <span className="label block">{formatDay(each.value_on)}</span>
              </span>
              <span className={money}>{amount}</span>
              {mayAsk && (
                <span className={`${verbs} max-md:basis-full max-md:justify-end`}>
                  <Button onClick={() => ask({ wish: "suspense", subject: each.id, amount, reference: each.reference ?? "–" })}>
                    <Trans>Book to suspense</Trans>
                  </Button>
                </span>
              )}
            </div>
          );
        })}
      </Sheet>
      <More list={list} />
    </Section>
  );
}

function Booked({ ask }: ListProps) {
  const list = useKeysetList<ManualEntry>("/campaign-manual-entries", {});
  const mayAsk = useCan()("campaigns:settle");
  if (list.pending) return <RowsSkeleton rows={4} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) {
    return (
      <EmptyState title={<Trans>Nothing was booked by hand</Trans>}>
        <Trans>A movement on the statement that nobody here knows is booked to suspense first.</Trans>
      </EmptyState>
    );
  }
  return (
    <Section title={<Trans>Booked</Trans>}>
      <Sheet>
        {list.rows.map((entry) => (
          <Entry key={entry.id} entry={entry} ask={mayAsk ? ask : undefined} />
        ))}
      </Sheet>
      <More list={list} />
    </Section>
  );
}

function More({ list }: { list: { hasMore: boolean; loadingMore: boolean; loadMore: () => void } }) {
  return list.hasMore ? (
    <Button className="mt-13" busy={list.loadingMore} onClick={list.loadMore}>
      <Trans>Show more</Trans>
    </Button>
  ) : null;
}

/** Money without an owner waits; what was given, borne or made right is done; what was taken back is over. */
function toneOf({ kind, is_open }: ManualEntry): Tone {
  if (kind === "fee_lowered" || kind === "fee_raised") return "ok";
  if (!is_open || kind === "correction") return "ended";
  return kind === "suspense_in" || kind === "suspense_out" ? "waiting" : "ok";
}

function Entry({ entry, ask }: { entry: ManualEntry; ask: ListProps["ask"] | undefined }) {
  const amount = formatMoney(entry.amount_minor, entry.currency);
  const about = { subject: entry.id, amount, reference: entry.reference };
  const open = entry.is_open && entry.kind !== "correction";
  return (
    <div className={`${line} ${columns.booked[ask === undefined ? "reading" : "acting"]}`}>
      <span>
        <Badge tone={toneOf(entry)}>{entryWord(entry.kind)}</Badge>
      </span>
      <span className={money}>{amount}</span>
      <span className="min-w-0 text-pretty [overflow-wrap:anywhere] max-md:basis-full">
        {entry.reference}: {entry.reason}
        <span className="label block">
          <PersonName id={entry.requested_by} />, <PersonName id={entry.approved_by} /> · {formatShort(entry.booked_at)}
        </span>
      </span>
      {ask !== undefined && open && (
        <span className={verbs}>
          {entry.kind === "suspense_in" && (
            <Button onClick={() => ask({ wish: "to_bond", ...about })}>
              <Trans>Give to the bond</Trans>
            </Button>
          )}
          {entry.kind === "suspense_out" && (
            <Button onClick={() => ask({ wish: "by_bond", ...about })}>
              <Trans>Let the bond bear it</Trans>
            </Button>
          )}
          <Button onClick={() => ask({ wish: "correction", ...about })}>
            <Trans>Take back</Trans>
          </Button>
        </span>
      )}
    </div>
  );
}
