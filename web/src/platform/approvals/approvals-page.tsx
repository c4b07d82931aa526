import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { useKeysetList } from "@/kernel/list";
import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead, Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { ApprovalBadge, approvalStates, approvalWord } from "./approval-state";
import type { Approval, ApprovalState } from "./types";
import { useWaiting, WaitingRecords } from "./waiting-records";

const route = getRouteApi("/app/approvals");
const all = "all";

/** What waits for a second person, and what became of the rest. */
export function ApprovalsPage() {
  useTitle(t`Approvals`);
  const { state = "requested" } = route.useSearch();
  const go = route.useNavigate();
  const shown = state === all ? null : (approvalStates.find((each) => each === state) ?? "requested");
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Approvals</Trans>}
        below={<Trans>Some actions need a second person, and what the rules ask for needs two. Until then nothing of them happens.</Trans>}
      />
      <Tabs
        label={t`States`}
        value={shown ?? all}
        onChange={(next) => void go({ search: next === "requested" ? {} : { state: next }, replace: true })}
        tabs={[...approvalStates, all as typeof all].map((each) => ({
          value: each,
          label: each === all ? <Trans>All</Trans> : approvalWord(each),
          content: (
            <>
              {each === "requested" && <WaitingRecords />}
              <Requests state={each === all ? null : each} />
            </>
          ),
        }))}
      />
    </div>
  );
}

function Requests({ state }: { state: ApprovalState | null }) {
  const list = useKeysetList<Approval>("/approvals", state === null ? {} : { state });
  if (list.pending) return <RowsSkeleton rows={4} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) return <Nothing state={state} />;
  return (
    <>
      <Sheet>
        {list.rows.map((approval) => (
          <RequestLine key={approval.id} approval={approval} />
        ))}
      </Sheet>
      {list.hasMore && (
        <Button className="mt-13" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
}

function Nothing({ state }: { state: ApprovalState | null }) {
  const waiting = useWaiting();
  // What waits on a record stands above: it is not true that nothing waits.
  if (state === "requested" && (waiting.isPending || (waiting.data?.length ?? 0) > 0)) return null;
  return (
    <EmptyState title={state === "requested" ? <Trans>Nothing waits for a decision</Trans> : <Trans>Nothing here</Trans>}>
      <Trans>When somebody asks for an action that needs a second person, it appears here and by mail.</Trans>
    </EmptyState>
  );
}

function RequestLine({ approval }: { approval: Approval }) {
  const { amount_minor: amount, currency } = approval;
  return (
    <Link
      to="/approvals/$approvalId"
      params={{ approvalId: approval.id }}
      preload="intent"
      className="flex flex-wrap items-center gap-x-21 gap-y-3 border-b border-line px-13 py-13 last:border-0 hover:bg-ground sm:px-21"
    >
      <span className="min-w-0 flex-1 basis-[200px]">
        <span className="block text-16 font-medium break-words">{approval.summary}</span>
        <span className="label block">
          {approval.action_title} · <PersonName id={approval.requested_by} kind={approval.requested_by_kind} /> ·{" "}
          {formatShort(approval.requested_at)}
        </span>
      </span>
      <ApprovalBadge state={approval.state} isHalfway={approval.agreed_by !== null} />
      <span className="ml-auto text-16 font-medium sm:w-144 sm:text-right">
        {amount === null || currency === null ? "–" : formatMoney(amount, currency)}
      </span>
    </Link>
  );
}
