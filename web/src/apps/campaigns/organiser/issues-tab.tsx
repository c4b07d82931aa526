import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Paperclip } from "lucide-react";
import { useState } from "react";

import { get } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import type { Evidence } from "../milestones/types";
import { permissions } from "../permissions";
import type { Issue } from "../types";
import { categoryWord } from "../issues/words";
import { DecideIssue } from "./decide-issue";
import { FileName } from "./file-name";

/** What members reported while they inspected: the oldest first, each decided once. */
export function IssuesTab({ campaignId }: { campaignId: string }) {
  const [deciding, setDeciding] = useState<Issue | null>(null);
  const list = useKeysetList<Issue>(`/campaigns/${campaignId}/issues`, {});
  const may = useCan()(...permissions.settle);
  if (list.pending) return <RowsSkeleton rows={3} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) {
    return (
      <EmptyState title={<Trans>No issue was reported</Trans>}>
        <Trans>Members may report one while they inspect what was delivered. It holds their part back until it is decided.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <Sheet>
        <ul>
          {list.rows.map((issue) => (
            <li key={issue.id} className="border-b border-line p-13 last:border-0 sm:px-21">
              <IssueLine issue={issue} onDecide={may ? () => setDeciding(issue) : undefined} />
            </li>
          ))}
        </ul>
        {list.hasMore && (
          <div className="p-8">
            <Button tone="quiet" busy={list.loadingMore} onClick={list.loadMore}>
              <Trans>Show more</Trans>
            </Button>
          </div>
        )}
      </Sheet>
      {!may && (
        <p className="label mt-8">
          <Trans>
            Deciding needs <code className="font-mono">{permissions.settle[0]}</code>.
          </Trans>
        </p>
      )}
      {deciding !== null && <DecideIssue campaignId={campaignId} issue={deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

function IssueLine({ issue, onDecide }: { issue: Issue; onDecide: (() => void) | undefined }) {
  const open = issue.state === "open";
  return (
    <article className="flex flex-wrap items-start gap-x-21 gap-y-8">
      <div className="min-w-0 flex-1 basis-[260px]">
        <div className="flex flex-wrap items-center gap-x-13 gap-y-3">
          <h3 className="text-16 font-medium">{categoryWord(issue.category)}</h3>
          <IssueState issue={issue} />
        </div>
        <p className="text-16 text-pretty break-words whitespace-pre-wrap text-muted">{issue.text}</p>
        <IssueFiles issueId={issue.id} />
        {issue.resolution !== null && (
          <p className="mt-5 border-l-2 border-line-strong pl-13 text-16 text-pretty break-words">{issue.resolution}</p>
        )}
        <p className="label mt-3">
          <span className="font-mono">{issue.commitment_reference}</span> · <time dateTime={issue.opened_at}>{formatShort(issue.opened_at)}</time>
        </p>
      </div>
      <div className="ml-auto flex items-center gap-13">
        <span className="text-16 font-medium">{formatMoney(issue.amount_minor, issue.currency)}</span>
        {open && onDecide !== undefined && (
          <Button onClick={onDecide}>
            <Trans>Decide</Trans>
          </Button>
        )}
      </div>
    </article>
  );
}

/** What was given as evidence, to be opened. */
function IssueFiles({ issueId }: { issueId: string }) {
  const { data } = useQuery({
    queryKey: ["/issues", issueId, "evidence"],
    queryFn: ({ signal }) => get<{ items: Evidence[] }>(`/issues/${issueId}/evidence`, { signal }),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <ul className="mt-5 flex flex-col gap-3" aria-label={t`Evidence`}>
      {data.items.map(({ id, file_id, name, note }) => (
        <li key={id} className="flex items-baseline gap-8 text-12">
          <Paperclip size={13} aria-hidden className="shrink-0 translate-y-1 text-muted" />
          <span className="min-w-0 break-words">
            <FileName fileId={file_id} name={name} />
            {note !== null && <span className="text-muted"> · {note}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function IssueState({ issue }: { issue: Issue }) {
  if (issue.state === "open") {
    return (
      <Badge tone="waiting">
        <Trans>Open</Trans>
      </Badge>
    );
  }
  if (issue.outcome === "split") {
    return (
      <Badge tone="info">
        <Trans>{formatMoney(issue.refund_minor ?? 0, issue.currency)} refunded, the rest released</Trans>
      </Badge>
    );
  }
  return issue.outcome === "refund" ? (
    <Badge tone="info">
      <Trans>Refunded in full</Trans>
    </Badge>
  ) : (
    <Badge tone="ok">
      <Trans>Released</Trans>
    </Badge>
  );
}
