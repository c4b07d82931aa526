import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Checkbox } from "@/ui/checkbox";
import { PageHead, Section } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { count, windowText } from "../figures";
import { cellText, isNumeric } from "../results/cells";
import type { Comparison, Difference } from "../results/result-types";
import type { Run } from "../types";
import { useRun } from "./use-run";

const route = getRouteApi("/app/amc/runs/compare");

export function ComparePage() {
  useTitle(t`Compare two runs`);
  const { left = "", right = "" } = route.useSearch();
  const [one, other] = [useRun(left, left !== ""), useRun(right, right !== "")];
  const error = one.error ?? other.error;
  if (left === "" || right === "") {
    return (
      <EmptyState whole title={<Trans>Choose two runs</Trans>}>
        <Trans>Select two runs of the list, then compare them.</Trans>
      </EmptyState>
    );
  }
  if (error !== null) return <ErrorState error={error} />;
  if (one.data === undefined || other.data === undefined) return <PageSkeleton />;
  return <Both left={one.data} right={other.data} />;
}

/** What tells rows apart before anybody says so: the columns of both that hold no numbers. */
function firstKeys(left: Run, right: Run): string[] {
  const names = new Set((right.columns ?? []).map(({ name }) => name));
  return (left.columns ?? []).filter(({ name, type }) => names.has(name) && !isNumeric(type)).map(({ name }) => name);
}

function Both({ left, right }: { left: Run; right: Run }) {
  const { keys: asked } = route.useSearch();
  const go = route.useNavigate();
  const keys = asked === undefined ? firstKeys(left, right) : asked.split(",");
  const names = new Set((right.columns ?? []).map(({ name }) => name));
  const shared = (left.columns ?? []).filter(({ name }) => names.has(name));
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/amc/runs", "compare", left.id, right.id, keys],
    queryFn: ({ signal }) =>
      get<Comparison>("/amc/runs/compare", { signal, query: { left: left.id, right: right.id, keys: keys.join(",") } }),
    enabled: keys.length > 0,
    staleTime: Infinity,
  });
  const choose = (name: string, on: boolean) => {
    const next = on ? [...keys, name] : keys.filter((key) => key !== name);
    void go({ search: (before) => ({ ...before, keys: next.join(",") }), replace: true });
  };
  return (
    <>
      <PageHead
        above={
          <Link to="/amc/runs" className="hover:text-ink">
            <Trans>Runs</Trans>
          </Link>
        }
        title={<Trans>Compare two runs</Trans>}
      />
      <div className="mb-21 grid gap-13 sm:grid-cols-2">
        <Side run={left} word={t`Before`} />
        <Side run={right} word={t`After`} />
      </div>
      <Section title={<Trans>Rows are the same where these agree</Trans>}>
        <div className="flex flex-wrap gap-x-21 gap-y-5">
          {shared.map(({ name }) => (
            <Checkbox key={name} checked={keys.includes(name)} onChange={(on) => choose(name, on)} label={name} />
          ))}
        </div>
      </Section>
      {keys.length === 0 ? (
        <p className="label">
          <Trans>Choose one column at least.</Trans>
        </p>
      ) : isPending ? (
        <RowsSkeleton rows={6} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Found found={data} />
      )}
    </>
  );
}

function Side({ run, word }: { run: Run; word: string }) {
  return (
    <div className="rounded-8 border border-line bg-paper p-13">
      <p className="label">{word}</p>
      <Link to="/amc/runs/$runId" params={{ runId: run.id }} className="text-16 font-medium hover:underline">
        {run.name}
      </Link>
      <p className="label">
        {run.instance.name} · {windowText(run.window_start, run.window_end)}
      </p>
    </div>
  );
}

function Found({ found }: { found: Comparison }) {
  const { added, removed, changed } = found;
  if (added + removed + changed === 0) {
    return (
      <EmptyState title={<Trans>Both hold the same rows</Trans>}>
        <Trans>Nothing was added, nothing went, no value differs.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <p className="mb-8 flex flex-wrap gap-8" role="status">
        <Badge tone="ok">{t`${count(added)} added`}</Badge>
        <Badge tone="bad">{t`${count(removed)} removed`}</Badge>
        <Badge tone="warn">{t`${count(changed)} changed`}</Badge>
      </p>
      <div tabIndex={0} role="group" aria-label={t`Differences`} className="max-h-[61.8dvh] overflow-auto rounded-8 border border-line bg-paper">
        <table className="w-max min-w-full border-separate border-spacing-0 text-12">
          <thead>
            <tr>
              {["", ...found.keys, ...found.columns].map((name, index) => (
                <th key={index} scope="col" className="sticky top-0 border-b border-line bg-paper px-13 py-8 text-left font-medium text-muted">
                  {name === "" ? <span className="sr-only">{t`Kind`}</span> : name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.rows.map((row, index) => (
              <Row key={index} row={row} columns={found.columns.length} />
            ))}
          </tbody>
        </table>
      </div>
      {found.rows.length < added + removed + changed && (
        <p className="label mt-5">
          <Trans>The first {count(found.rows.length)} of them are shown.</Trans>
        </p>
      )}
    </>
  );
}

function Row({ row, columns }: { row: Difference; columns: number }) {
  const looks = {
    added: { word: t`added`, look: "text-ok" },
    removed: { word: t`removed`, look: "text-bad" },
    changed: { word: t`changed`, look: "text-warn" },
  };
  return (
    <tr>
      <td className={`border-b border-line px-13 py-5 font-medium ${looks[row.kind].look}`}>{looks[row.kind].word}</td>
      {row.key.map((cell, index) => (
        <td key={index} className="border-b border-line px-13 py-5">
          {cellText(cell)}
        </td>
      ))}
      {Array.from({ length: columns }, (_, index) => {
        const [before, after] = [row.left?.[index], row.right?.[index]];
        const differs = row.kind === "changed" && before !== after;
        return (
          <td key={index} className="border-b border-line px-13 py-5">
            {differs && <del className="mr-8 text-muted">{cellText(before ?? null)}</del>}
            <span className={differs ? "font-medium" : ""}>{cellText((row.kind === "removed" ? before : after) ?? null)}</span>
          </td>
        );
      })}
    </tr>
  );
}
