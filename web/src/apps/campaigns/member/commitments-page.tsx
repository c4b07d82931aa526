import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { useKeysetList } from "@/kernel/list";
import { useMe } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button, buttonClass } from "@/ui/button";
import { PageHead, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { titleOf } from "../campaign-title";
import { CommitmentState } from "../commitment-state";
import type { Commitment } from "../types";

export function CommitmentsPage() {
  useTitle(t`My commitments`);
  const list = useKeysetList<Commitment>("/commitments", {});
  return (
    <div className="max-w-1000">
      <PageHead title={<Trans>My commitments</Trans>} below={<Trans>What you joined, and where your money is.</Trans>} />
      <Sheet>
        {list.pending ? (
          <RowsSkeleton rows={4} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <Nothing />
        ) : (
          list.rows.map((commitment) => <CommitmentLine key={commitment.id} commitment={commitment} />)
        )}
      </Sheet>
      {list.hasMore && (
        <Button className="mt-13" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </div>
  );
}

function CommitmentLine({ commitment }: { commitment: Commitment }) {
  return (
    <Link
      to="/commitments/$commitmentId"
      params={{ commitmentId: commitment.id }}
      preload="intent"
      className="flex flex-wrap items-center gap-x-21 gap-y-3 border-b border-line px-13 py-13 last:border-0 hover:bg-ground sm:px-21"
    >
      <span className="min-w-0 flex-1 basis-[200px]">
        <span className="block truncate text-16 font-medium">{titleOf({ title: commitment.campaign_title })}</span>
        <span className="label">
          <span className="font-mono whitespace-nowrap">{commitment.reference}</span> · {formatShort(commitment.placed_at)} ·{" "}
          <Plural value={commitment.units} one="# unit" other="# units" />
        </span>
      </span>
      <CommitmentState state={commitment.state} />
      <span className="ml-auto text-16 font-medium sm:w-144 sm:text-right">
        {formatMoney(commitment.amount_minor, commitment.currency)}
      </span>
    </Link>
  );
}

function Nothing() {
  const slug = useMe()?.tenant?.slug;
  return (
    <EmptyState
      title={<Trans>You have not joined a campaign yet</Trans>}
      action={
        slug !== undefined && (
          <Link to="/o/$orgSlug" params={{ orgSlug: slug }} className={buttonClass("primary", "normal")}>
            <Trans>Read the campaigns</Trans>
          </Link>
        )
      }
    >
      <Trans>Each campaign states its rules first. Joining one locks funds in escrow under your name.</Trans>
    </EmptyState>
  );
}
