import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Pencil, Rocket } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { get, patch } from "@/kernel/client";
import { useCommands, type Command } from "@/kernel/commands";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead, Section, Sheet } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { Account, TenantRecord } from "../types";
import { useMay } from "../use-access";
import { word } from "../word";
import { RecordTimeline } from "../record-timeline";
import { AccountFacts } from "./account-facts";
import { AccountUsage } from "./account-usage";

const AccountDialog = lazy(() => import("./account-dialog").then((file) => ({ default: file.AccountDialog })));

const route = getRouteApi("/app/operator/console/accounts/$accountId");

export function AccountPage() {
  const { accountId } = route.useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/accounts", accountId],
    queryFn: ({ signal }) => get<Account>(`/admin/accounts/${accountId}`, { signal }),
  });
  useTitle(data?.name ?? t`Client account`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Record account={data} />;
}

function Record({ account }: { account: Account }) {
  const navigate = useNavigate();
  const [editing, setEditing] = useState(false);
  const may = useMay();
  const change = useAct({
    work: (state: string) => patch(`/admin/accounts/${account.id}`, { state }, { version: account.version }),
    refresh: [["/admin/accounts"]],
    done: (_, state) => (state === "active" ? t`${account.name} is active` : t`${account.name} is suspended`),
    refused: t`${account.name} stays as it was`,
  });
  const onboard = () => void navigate({ to: "/console/onboarding/new", search: { account_id: account.id } });
  const next = account.state === "active" ? "suspended" : "active";
  const verbs: Command[] = [];
  if (may("onboarding:write")) {
    verbs.push({ id: "onboard", label: t`Set up a tenant`, key: "n", group: account.name, run: onboard });
  }
  if (may("accounts:write")) {
    verbs.push({ id: "edit", label: t`Edit`, key: "e", group: account.name, run: () => setEditing(true) });
    verbs.push({
      id: "state",
      label: next === "active" ? t`Activate` : t`Suspend`,
      group: account.name,
      run: () => change.mutate(next),
    });
  }
  useCommands("console-account", verbs);
  return (
    <>
      <PageHead
        above={
          <Link to="/console/accounts" search={{}} className="hover:text-ink">
            <Trans>Client accounts</Trans>
          </Link>
        }
        title={account.name}
        beside={<Badge tone={plainTone(account.state)}>{account.state}</Badge>}
        actions={
          <>
            {may("accounts:write") && (
              <>
                <Button
                  tone={next === "active" ? "plain" : "danger"}
                  busy={change.isPending}
                  onClick={() => change.mutate(next)}
                >
                  {next === "active" ? <Trans>Activate</Trans> : <Trans>Suspend</Trans>}
                </Button>
                <Button shortcut="e" icon={<Pencil size={13} aria-hidden />} onClick={() => setEditing(true)}>
                  <Trans>Edit</Trans>
                </Button>
              </>
            )}
            {may("onboarding:write") && (
              <Button tone="primary" shortcut="n" icon={<Rocket size={13} aria-hidden />} onClick={onboard}>
                <Trans>Set up a tenant</Trans>
              </Button>
            )}
          </>
        }
      />
      <div className="grid gap-x-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
        <Section title={<Trans>Facts</Trans>}>
          <Sheet className="px-13 py-5">
            <AccountFacts account={account} />
          </Sheet>
        </Section>
        <div className="min-w-0">
          <Section title={<Trans>Tenants</Trans>}>
            <RecordList<TenantRecord>
              path="/admin/tenants"
              query={{ account_id: account.id }}
              empty={
                <EmptyState title={<Trans>No tenant yet</Trans>}>
                  <Trans>Set one up: it takes seconds, and every step is shown.</Trans>
                </EmptyState>
              }
              row={(tenant) => (
                <Line
                  title={
                    <Link
                      to="/console/tenants/$tenantId"
                      params={{ tenantId: tenant.id }}
                      search={{}}
                      className="text-link hover:underline"
                    >
                      {tenant.name}
                    </Link>
                  }
                  detail={
                    <>
                      <code className="font-mono">{tenant.slug}</code>
                      <span>{word(tenant.tier)}</span>
                      <span>{word(tenant.environment)}</span>
                    </>
                  }
                  state={<Badge tone={plainTone(tenant.state)}>{tenant.state}</Badge>}
                />
              )}
            />
          </Section>
          <AccountUsage accountId={account.id} />
          <RecordTimeline aggregateId={account.id} />
        </div>
      </div>
      {editing && (
        <Suspense>
          <AccountDialog account={account} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </>
  );
}
