import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Rocket } from "lucide-react";

import { useCommands } from "@/kernel/commands";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { buttonClass, Key } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { StateTabs } from "../state-tabs";
import type { Onboarding } from "../types";
import { useMay } from "../use-access";

const route = getRouteApi("/app/operator/console/onboarding");

export function OnboardingsPage() {
  useTitle(t`Onboarding`);
  const { state, account_id: account } = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const may = useMay();
  useCommands(
    "console-onboarding",
    may("onboarding:write")
      ? [
          {
            id: "onboard",
            label: t`Set up a tenant`,
            key: "n",
            group: t`Onboarding`,
            run: () => void navigate({ to: "/console/onboarding/new", search: {} }),
          },
        ]
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
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Onboarding</Trans>}
        below={<Trans>Each tenant is set up in eight steps that can be taken up again, or taken back.</Trans>}
        actions={start}
      />
      <StateTabs
        label={t`State`}
        value={state}
        choices={[
          [undefined, t`All`],
          ["running", t`Running`],
          ["failed", t`Failed`],
          ["succeeded", t`Succeeded`],
          ["undone", t`Undone`],
        ]}
        onChange={(next) => void go({ search: { state: next }, replace: true })}
      />
      <RecordList<Onboarding>
        path="/admin/onboarding"
        query={{ state, account_id: account }}
        empty={
          <EmptyState title={<Trans>Nothing to show</Trans>} action={start}>
            <Trans>Tenants that were set up here are listed with their steps.</Trans>
          </EmptyState>
        }
        row={(item) => (
          <Line
            title={
              <Link
                to="/console/onboarding/$onboardingId"
                params={{ onboardingId: item.id }}
                className="text-link hover:underline"
              >
                {item.name}
              </Link>
            }
            detail={
              <>
                <span>
                  <Trans>begun {formatShort(item.created_at)}</Trans>
                </span>
                {item.has_key && <span>{t`the first key waits to be shown`}</span>}
              </>
            }
            state={<Badge tone={plainTone(item.state)}>{item.state}</Badge>}
          />
        )}
      />
    </div>
  );
}
