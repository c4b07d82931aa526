import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { CircleAlert } from "lucide-react";

import { Button } from "@/ui/button";
import { say } from "@/ui/toast";

import { SqlView } from "../editor/sql-view";
import type { Run } from "../types";

/** Why a run failed, in AMC's words, with the place in the query that they speak of. */
export function RunProblem({ run }: { run: Run }) {
  const { problem } = run;
  const message = problem?.message ?? run.state_reason;
  if (message === null) return null;
  const copy = async () => {
    await navigator.clipboard.writeText(message);
    say({ title: t`Copied` });
  };
  return (
    <section role="alert" className="mb-21 rounded-8 border border-bad bg-bad-soft p-13">
      <div className="flex items-start gap-8">
        <CircleAlert size={16} aria-hidden className="mt-5 shrink-0 text-bad" />
        <div className="min-w-0 flex-1">
          <h2 className="text-16 font-semibold text-bad">
            {problem?.line === null || problem?.line === undefined ? (
              <Trans>Why it failed</Trans>
            ) : problem.column === null ? (
              <Trans>Line {problem.line} of the query</Trans>
            ) : (
              <Trans>
                Line {problem.line}, column {problem.column} of the query
              </Trans>
            )}
          </h2>
          <p className="mt-3 text-12 break-words whitespace-pre-wrap text-ink">{message}</p>
        </div>
        <Button onClick={() => void copy()}>
          <Trans>Copy</Trans>
        </Button>
      </div>
      {problem !== null && problem.line !== null && run.sql !== null && (
        <SqlView sql={run.sql} mark={{ line: problem.line, column: problem.column }} className="mt-13 max-h-233" />
      )}
    </section>
  );
}
