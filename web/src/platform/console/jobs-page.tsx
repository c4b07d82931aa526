import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { post, remove } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import { StateTabs } from "./state-tabs";
import type { Job } from "./types";
import { useTenantChoices } from "./audit/use-tenant-choices";
import { useMay } from "./use-access";

const route = getRouteApi("/app/operator/console/jobs");
const key = ["/admin/jobs"];

export function JobsPage() {
  useTitle(t`Jobs`);
  const { state, account_id: account } = route.useSearch();
  const go = route.useNavigate();
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
        onChange={(next) => void go({ search: { state: next }, replace: true })}
      />
      <RecordList<Job>
        path="/admin/jobs"
        query={{ state, account_id: account }}
        empty={<p className="p-21 text-12 text-muted">{nothing[state ?? "failed"]}</p>}
        row={(job) => <JobLine job={job} />}
      />
    </div>
  );
}

function JobLine({ job }: { job: Job }) {
  const name = job.job;
  const tenant = useTenantChoices().find(({ id }) => id === job.tenant_id)?.name;
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
      title={<code className="font-mono text-12">{name}</code>}
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
              {tenant ?? <Trans>its tenant</Trans>}
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
