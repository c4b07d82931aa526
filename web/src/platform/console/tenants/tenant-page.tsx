import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";

import { RecordTimeline } from "../record-timeline";
import type { TenantRecord } from "../types";
import { KeysTab } from "./keys-tab";
import { MembersTab } from "./members-tab";
import { ModulesTab } from "./modules-tab";
import { MoveProgress } from "./move-progress";
import { TenantActions } from "./tenant-actions";
import { TenantFacts } from "./tenant-facts";
import { UsageSection } from "./usage-section";
import { useTenant } from "./use-tenant";

const route = getRouteApi("/app/operator/console/tenants/$tenantId");

export function TenantPage() {
  const { tenantId } = route.useParams();
  const { data, error, isPending, refetch } = useTenant(tenantId);
  useTitle(data?.name ?? t`Tenant`);
  if (isPending) return <PageSkeleton />;
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record key={data.id} tenant={data} />;
}

function Record({ tenant }: { tenant: TenantRecord }) {
  const { tab = "overview" } = route.useSearch();
  const go = route.useNavigate();
  return (
    <>
      <PageHead
        above={
          <Link to="/console/tenants" search={{}} className="hover:text-ink">
            <Trans>Tenants</Trans>
          </Link>
        }
        title={tenant.name}
        beside={
          <>
            <Badge tone={plainTone(tenant.state)}>{tenant.state}</Badge>
            {tenant.maintenance_note !== null && <Badge tone="warn">{t`maintenance`}</Badge>}
            {tenant.is_sandbox && <Badge tone="info">{t`sandbox`}</Badge>}
          </>
        }
        actions={<TenantActions tenant={tenant} />}
      />
      <MoveProgress tenant={tenant} />
      <Tabs
        label={t`Parts of this tenant`}
        value={tab}
        onChange={(next) => void go({ search: next === "overview" ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: "overview", label: <Trans>Overview</Trans>, content: <Overview tenant={tenant} /> },
          { value: "modules", label: <Trans>Modules</Trans>, content: <ModulesTab tenantId={tenant.id} /> },
          { value: "members", label: <Trans>Members</Trans>, content: <MembersTab tenant={tenant} /> },
          { value: "keys", label: <Trans>API keys</Trans>, content: <KeysTab tenantId={tenant.id} /> },
        ]}
      />
    </>
  );
}

function Overview({ tenant }: { tenant: TenantRecord }) {
  return (
    <div className="grid gap-x-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
      <Section title={<Trans>Facts</Trans>}>
        <Sheet className="px-13 py-5">
          <TenantFacts tenant={tenant} />
        </Sheet>
      </Section>
      <div className="min-w-0">
        <UsageSection tenantId={tenant.id} />
        <RecordTimeline aggregateId={tenant.id} tenantId={tenant.id} />
      </div>
    </div>
  );
}
