import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import type { DeadJob, Tenant } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { PageHead, Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

export function ConsolePage() {
  useTitle(t`Console`);
  return (
    <div className="max-w-1000">
      <PageHead title={<Trans>Console</Trans>} below={<Trans>Tenants, and the jobs that gave up.</Trans>} />
      <Section title={<Trans>Jobs that gave up</Trans>}>
        <RecordList<DeadJob>
          path="/admin/jobs"
          empty={
            <p className="p-21 text-12 text-muted">
              <Trans>No job has given up.</Trans>
            </p>
          }
          row={(job) => <JobLine job={job} />}
        />
      </Section>
      <Section title={<Trans>Tenants</Trans>}>
        <RecordList<Tenant>
          path="/admin/tenants"
          empty={
            <EmptyState title={<Trans>No tenant yet</Trans>}>
              <Trans>The first one comes with the first organisation that registers.</Trans>
            </EmptyState>
          }
          row={(tenant) => (
            <Line
              title={tenant.name}
              detail={
                <>
                  <code className="font-mono">{tenant.slug}</code>
                  <span>{tenant.tier}</span>
                  <span>{tenant.environment}</span>
                  <span>
                    <Trans>since {formatShort(tenant.created_at)}</Trans>
                  </span>
                  <CopyId value={tenant.id} />
                </>
              }
              state={<Badge tone={plainTone(tenant.state)}>{tenant.state}</Badge>}
            />
          )}
        />
      </Section>
    </div>
  );
}

function JobLine({ job }: { job: DeadJob }) {
  const name = job.job;
  const retry = useAct({
    work: () => post(`/admin/jobs/${String(job.id)}/retry`),
    refresh: [["/admin/jobs"]],
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
        </>
      }
      actions={
        <Button busy={retry.isPending} onClick={() => retry.mutate()}>
          <Trans>Try again</Trans>
        </Button>
      }
    />
  );
}
