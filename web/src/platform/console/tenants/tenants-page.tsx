import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Rocket } from "lucide-react";
import { useMemo } from "react";

import { useCommands } from "@/kernel/commands";
import { useTitle } from "@/kernel/title";
import { buttonClass, Key } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState } from "@/ui/states";
import type { Filter } from "@/ui/table/table-bar";

import { ConsoleTable } from "../console-table";
import type { TenantRecord } from "../types";
import { useMay } from "../use-access";
import { word } from "../word";
import { tenantColumns } from "./columns";
import { TenantFacts } from "./tenant-facts";

const route = getRouteApi("/app/operator/console/tenants");

const choices = (id: string, label: string, values: string[]): Filter => ({
  id,
  label,
  choices: values.map((value) => ({ value, label: word(value) })),
});

export function TenantsPage() {
  useTitle(t`Tenants`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const columns = useMemo(() => tenantColumns(), []);
  const may = useMay();
  const onboard = () => void navigate({ to: "/console/onboarding/new", search: {} });
  useCommands(
    "console-tenants",
    may("onboarding:write")
      ? [{ id: "onboard", label: t`Set up a tenant`, key: "n", group: t`Tenants`, run: onboard }]
      : [],
  );
  const start = may("onboarding:write") && (
    <Link to="/console/onboarding/new" search={{}} preload="intent" className={buttonClass("primary")}>
      <Rocket size={13} aria-hidden />
      <Trans>Set up a tenant</Trans>
      <Key>n</Key>
    </Link>
  );
  return (
    <>
      <PageHead title={<Trans>Tenants</Trans>} actions={start} />
      <ConsoleTable<TenantRecord>
        name="tenants"
        label={t`Tenants`}
        path="/admin/tenants"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Active`, search: { state: "active" } },
          { name: t`Suspended`, search: { state: "suspended" } },
          { name: t`Own database`, search: { placement: "dedicated" } },
        ]}
        filters={[
          choices("state", t`State`, ["provisioning", "active", "suspended", "moving", "failed"]),
          choices("tier", t`Tier`, ["free", "basic", "pro", "enterprise"]),
          choices("environment", t`Environment`, ["development", "staging", "production"]),
          choices("placement", t`Database`, ["pooled", "dedicated"]),
        ]}
        search={search}
        onSearch={(next) => void go({ search: next })}
        placeholder={t`Name or short name`}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        onOpen={(row) => void navigate({ to: "/console/tenants/$tenantId", params: { tenantId: row.id }, search: {} })}
        peek={(row) => (
          <>
            <h2 className="mb-13 pr-34 text-16 font-semibold">{row.name}</h2>
            <TenantFacts tenant={row} />
          </>
        )}
        nothing={
          <EmptyState title={<Trans>No tenant yet</Trans>} action={start}>
            <Trans>Set the first one up, or let somebody register an organisation.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}
