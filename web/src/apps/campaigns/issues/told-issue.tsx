import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";

import type { ToldIssue } from "./types";
import { categoryWord } from "./words";

interface ToldIssueCardProps {
  issue: ToldIssue;
  currency: string;
  /** Whose page it is: the supplier's answer is told from there. */
  own: "member" | "supplier";
  below?: ReactNode;
  actions?: ReactNode;
}

/** One issue with both sides of it and what was decided. */
export function ToldIssueCard({ issue, currency, own, below, actions }: ToldIssueCardProps) {
  return (
    <article className="flex flex-wrap items-start gap-x-21 gap-y-8 border-b border-line p-13 last:border-0 sm:px-21">
      <div className="min-w-0 flex-1 basis-[260px]">
        <div className="flex flex-wrap items-center gap-x-13 gap-y-3">
          <h3 className="text-16 font-medium">{categoryWord(issue.category)}</h3>
          {issue.state === "open" ? <Badge tone="waiting">{t`Not decided yet`}</Badge> : <Badge tone="ok">{t`Decided`}</Badge>}
        </div>
        <p className="text-16 text-pretty break-words whitespace-pre-wrap text-muted">{issue.text}</p>
        {issue.supplier_answer !== null && (
          <Said title={own === "supplier" ? <Trans>Your answer</Trans> : <Trans>The supplier</Trans>}>{issue.supplier_answer}</Said>
        )}
        {issue.state === "resolved" && <Said title={outcomeText(issue, currency)}>{issue.resolution}</Said>}
        <p className="label mt-3">
          {below}
          <time dateTime={issue.opened_at}>{formatShort(issue.opened_at)}</time>
        </p>
      </div>
      {actions !== undefined && <div className="ml-auto">{actions}</div>}
    </article>
  );
}

function Said({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div className="mt-5 border-l-2 border-line-strong pl-13">
      <p className="text-12 font-semibold">{title}</p>
      <p className="text-16 text-pretty break-words whitespace-pre-wrap">{children}</p>
    </div>
  );
}

function outcomeText(issue: ToldIssue, currency: string): ReactNode {
  if (issue.outcome === "refund") return <Trans>Decided: refunded in full</Trans>;
  if (issue.outcome === "split" && issue.refund_minor !== null) {
    const amount = formatMoney(issue.refund_minor, currency);
    return <Trans>Decided: {amount} is refunded, the rest is released</Trans>;
  }
  return <Trans>Decided: released with the other commitments</Trans>;
}
