import { plural, t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { post, remove } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { Chip } from "@/ui/table/table-bar";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import { StateTabs } from "./state-tabs";
import type { Job, JobsRetried } from "./types";
import { useMay } from "./use-access";

const route = getRouteApi("/app/operator/console/jobs");
const key = ["/admin/jobs"];

export function JobsPage() {
  useTitle(t`Jobs`);
  const { state, job: kind, tenant_id: tenant, account_id: account } = route.useSearch();
  const go = route.useNavigate();
  const query = { state, job: kind, tenant_id: tenant, account_id: account };
  const { rows } = useKeysetList<Job>("/admin/jobs", query);
  const nothing: Record<string, string> = {
    failed: t`No job has given up.`,
    queued: t`No job waits.`,
    picked: t`No job is at work.`,
  };
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Jobs</Trans>}
        below={<Trans>A job that gave up stays here until it is tried again or dropped. One that waits can be cancelled.</Trans>}
      />
      <StateTabs
        label={t`State`}
        value={state}
        choices={[
          [undefined, t`Gave up`],
          ["queued", t`Waiting`],
          ["picked", t`At work`],
        ]}
        onChange={(next) => void go({ search: (now) => ({ ...now, state: next }), replace: true })}
      />
      <div className="mb-13 flex flex-wrap items-center gap-8 empty:hidden">
        {kind !== undefined && <Chip label={kind} onRemove={() => void go({ search: (now) => ({ ...now, job: undefined }) })} />}
        {tenant !== undefined && (
          <Chip
            label={rows.find((each) => each.tenant_id === tenant)?.tenant_name ?? `…${tenant.slice(-8)}`}
            onRemove={() => void go({ search: (now) => ({ ...now, tenant_id: undefined }) })}
          />
        )}
        {state === undefined && rows.length > 1 && <RetryAll wanted={{ job: kind, tenant_id: tenant, account_id: account }} />}
      </div>
      <RecordList<Job>
        path="/admin/jobs"
        query={query}
        empty={<p className="p-21 text-12 text-muted">{nothing[state ?? "failed"]}</p>}
        row={(job) => <JobLine job={job} onKind={() => void go({ search: (now) => ({ ...now, job: job.job }) })} />}
      />
    </div>
  );
}

type Wanted = Partial<Record<"job" | "tenant_id" | "account_id", string | undefined>>;

/** Sends round again what the list holds, beyond what is loaded of it. */
function RetryAll({ wanted }: { wanted: Wanted }) {
  const may = useMay();
  const retry = useAct({
    work: () => post<JobsRetried>("/admin/jobs/retry", wanted),
    refresh: [key],
    done: ({ retried, left }) => {
      const again = plural(retried, { one: "# job will be tried again", other: "# jobs will be tried again" });
      return left === 0 ? again : `${again}; ${plural(left, { one: "# is left", other: "# are left" })}`;
    },
    refused: t`They were not tried again`,
  });
  if (!may("jobs:retry")) return null;
  return (
    <Button className="ml-auto" busy={retry.isPending} onClick={() => retry.mutate()}>
      <Trans>Try all of these again</Trans>
    </Button>
  );
}

function JobLine({ job, onKind }: { job: Job; onKind: () => void }) {
  const name = job.job;
  const may = useMay();
  const drop = useUndoable(key);
  const retry = useAct({
    work: () => post(`/admin/jobs/${String(job.id)}/retry`),
    refresh: [key],
    done: () => t`${name} will be tried again`,
    refused: t`${name} was not tried again`,
  });
  return (
    <Line
      title={
        <button type="button" title={t`Only jobs of this kind`} className="font-mono text-12 hover:underline" onClick={onKind}>
          {name}
        </button>
      }
      detail={
        <>
          {job.error !== null && <span className="text-bad">{job.error}</span>}
          <span>
            <Plural value={job.attempts} one="# attempt" other="# attempts" />
          </span>
          <span>{formatShort(job.failed_at)}</span>
          {job.tenant_id !== null && (
            <Link
              to="/console/tenants/$tenantId"
              params={{ tenantId: job.tenant_id }}
              search={{}}
              className="text-link hover:underline"
            >
              {job.tenant_name ?? <Trans>its tenant</Trans>}
            </Link>
          )}
        </>
      }
      state={job.state !== "failed" && <Badge tone={plainTone(job.state)}>{job.state}</Badge>}
      actions={
        job.state === "queued" ? (
          may("jobs:drop") && (
            <Button
              aria-label={t`Cancel ${name}`}
              onClick={() =>
                drop({
                  id: job.id,
                  done: t`${name} is cancelled`,
                  refused: t`${name} was not cancelled`,
                  work: () => post(`/admin/jobs/${String(job.id)}/cancel`),
                })
              }
            >
              <Trans>Cancel</Trans>
            </Button>
          )
        ) : job.state === "failed" && (
          <>
            {may("jobs:retry") && (
              <Button aria-label={t`Try again: ${name}`} busy={retry.isPending} onClick={() => retry.mutate()}>
                <Trans>Try again</Trans>
              </Button>
            )}
            {may("jobs:drop") && (
              <Button
                tone="danger"
                aria-label={t`Drop ${name}`}
                onClick={() =>
                  drop({
                    id: job.id,
                    done: t`${name} is dropped`,
                    refused: t`${name} stays`,
                    work: () => remove(`/admin/jobs/${String(job.id)}`),
                  })
                }
              >
                <Trans>Drop</Trans>
              </Button>
            )}
          </>
        )
      }
    />
  );
}
