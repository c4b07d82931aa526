import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useIsEmpty } from "@/kernel/list";
import { useWanted } from "@/kernel/making";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState } from "@/ui/states";

import { ConsoleTable } from "../console-table";
import type { Account } from "../types";
import { useMay } from "../use-access";
import { accountColumns } from "./columns";
import { AccountFacts } from "./account-facts";

const AccountDialog = lazy(() => import("./account-dialog").then((file) => ({ default: file.AccountDialog })));

const route = getRouteApi("/app/operator/console/accounts");

export function AccountsPage() {
  useTitle(t`Client accounts`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const columns = useMemo(() => accountColumns(), []);
  const [making, setMaking] = useState(useWanted("/console/accounts"));
  const may = useMay();
  // The empty list holds the first step itself: one primary action a page.
  const empty = useIsEmpty("/admin/accounts");
  const mayMake = may("accounts:write");
  useCommands(
    "console-accounts",
    mayMake
      ? [{ id: "new", label: t`New client account`, key: "n", group: t`Client accounts`, run: () => setMaking(true) }]
      : [],
  );
  const make = mayMake && (
    <Button tone="primary" shortcut="n" icon={<Plus size={13} aria-hidden />} onClick={() => setMaking(true)}>
      <Trans>New account</Trans>
    </Button>
  );
  const open = (id: string) => void navigate({ to: "/console/accounts/$accountId", params: { accountId: id } });
  return (
    <>
      <PageHead
        title={<Trans>Client accounts</Trans>}
        below={<Trans>Business customers, their contracts, and the tenants each of them runs.</Trans>}
        actions={empty ? undefined : make}
      />
      <ConsoleTable<Account>
        name="accounts"
        label={t`Client accounts`}
        path="/admin/accounts"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Active`, search: { state: "active" } },
          { name: t`Suspended`, search: { state: "suspended" } },
        ]}
        filters={[
          {
            id: "state",
            label: t`State`,
            choices: [
              { value: "active", label: t`Active` },
              { value: "suspended", label: t`Suspended` },
              { value: "ended", label: t`Ended` },
            ],
          },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next })}
        placeholder={t`Name`}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        onOpen={(row) => open(row.id)}
        peek={(row) => (
          <>
            <h2 className="mb-13 pr-34 text-16 font-semibold">{row.name}</h2>
            <AccountFacts account={row} />
          </>
        )}
        nothing={
          <EmptyState title={<Trans>No client account yet</Trans>} action={make}>
            <Trans>An account holds a customer&rsquo;s contract and gathers their tenants. Tenants may do without one.</Trans>
          </EmptyState>
        }
      />
      {making && (
        <Suspense>
          <AccountDialog account={null} onClose={() => setMaking(false)} onMade={open} />
        </Suspense>
      )}
    </>
  );
}
