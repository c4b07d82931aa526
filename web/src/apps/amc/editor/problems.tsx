import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";

import type { Finding } from "./check-types";
import type { CheckState } from "./use-check";

interface ProblemsProps {
  state: CheckState;
  onShow: (line: number, column: number) => void;
  onFix: (finding: Finding) => void;
}

/** What the check found, in words: each leads to its place, and mends itself where a mend is known. */
export function Problems({ state, onShow, onFix }: ProblemsProps) {
  const { checked, problem } = state;
  const findings = checked?.findings ?? [];
  return (
    <section aria-label={t`Findings`} aria-live="polite" className="mt-8 text-12">
      {problem !== null ? (
        <p className="flex items-center gap-5 text-bad">
          <CircleAlert size={13} aria-hidden /> <Trans>The check did not answer: {problem.said}</Trans>
        </p>
      ) : checked === null ? (
        <p className="label">
          <Trans>Checking…</Trans>
        </p>
      ) : findings.length === 0 ? (
        <p className="flex items-center gap-5 text-ok">
          <CircleCheck size={13} aria-hidden /> <Trans>AMC would take this query.</Trans>
        </p>
      ) : (
        <>
          <p className="label mb-3">
            <Plural value={findings.length} one="# finding" other="# findings" />
          </p>
          <ul className="max-h-144 overflow-y-auto">
            {findings.map((finding, index) => (
              <li key={index} className="flex items-baseline gap-8 border-b border-line py-5 last:border-0">
                <Sign severity={finding.severity} />
                <button
                  type="button"
                  onClick={() => onShow(finding.range.start_line, finding.range.start_column)}
                  className="min-w-0 flex-1 text-left hover:underline"
                >
                  {finding.message}{" "}
                  <span className="text-muted">
                    {finding.code} · {finding.range.start_line}:{finding.range.start_column}
                  </span>
                </button>
                {finding.fix !== null && (
                  <button type="button" disabled={state.busy} onClick={() => onFix(finding)} className="shrink-0 font-medium text-link underline underline-offset-2">
                    {finding.fix.title}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Sign({ severity }: { severity: Finding["severity"] }) {
  return severity === "error" ? (
    <CircleAlert size={13} role="img" aria-label={t`Error`} className="shrink-0 translate-y-2 text-bad" />
  ) : (
    <TriangleAlert size={13} role="img" aria-label={t`Warning`} className="shrink-0 translate-y-2 text-warn" />
  );
}
