import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get, post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { ToldIssueCard } from "../issues/told-issue";
import type { SuppliedIssue } from "../issues/types";

/** What members reported about the supplier's units, and the supplier's side of it. */
export function SuppliedIssues({ campaignId }: { campaignId: string }) {
  const [answering, setAnswering] = useState<SuppliedIssue | null>(null);
  const path = `/supplier/campaigns/${campaignId}/issues`;
  const { data, error, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<{ items: SuppliedIssue[] }>(path, { signal }),
  });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <section className="mt-21 -mx-13 border-t border-line sm:-mx-21">
      <h3 className="px-13 pt-13 text-12 font-semibold sm:px-21">
        <Trans>Issues that members reported</Trans>
      </h3>
      {data.items.map((issue) => (
        <ToldIssueCard
          key={issue.id}
          issue={issue}
          currency={issue.currency}
          own="supplier"
          below={
            <>
              <span className="font-mono">{issue.commitment_reference}</span> · <Plural value={issue.units} one="# unit" other="# units" /> ·{" "}
            </>
          }
          actions={
            issue.state === "open" ? (
              <Button onClick={() => setAnswering(issue)}>
                {issue.supplier_answer === null ? <Trans>Answer</Trans> : <Trans>Change your answer</Trans>}
              </Button>
            ) : undefined
          }
        />
      ))}
      {answering !== null && <AnswerIssue issue={answering} path={path} onClose={() => setAnswering(null)} />}
    </section>
  );
}

function AnswerIssue({ issue, path, onClose }: { issue: SuppliedIssue; path: string; onClose: () => void }) {
  const [answer, setAnswer] = useState(issue.supplier_answer ?? "");
  const give = useAct({
    work: () => post(`/issues/${issue.id}/answer`, { answer: answer.trim() }),
    refresh: [[path]],
    done: () => t`Your answer is kept with the issue`,
    refused: t`The answer was not kept`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Answer the issue</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          give.mutate();
        }}
      >
        <TextArea
          label={t`Your side of it`}
          hint={t`The member and those who decide read it.`}
          rows={5}
          maxLength={2000}
          value={answer}
          onChange={(event) => setAnswer(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={give.isPending} disabled={answer.trim() === ""}>
            <Trans>Keep the answer</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
