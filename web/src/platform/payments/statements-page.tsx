import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { WorkList } from "@/ui/table/work-list";

import { PaymentsFrame } from "./frame";
import { permissions } from "./permissions";
import { statementColumns, statementName } from "./statement-columns";
import { StatementDrawer } from "./statement-drawer";
import type { Statement } from "./types";

const ImportDialog = lazy(() => import("./import-dialog").then((file) => ({ default: file.ImportDialog })));
const route = getRouteApi("/app/payments/statements");

export function StatementsPage() {
  useTitle(t`Statements`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => statementColumns(), []);
  const may = useCan()(...permissions.import);
  const [importing, setImporting] = useState(false);
  useCommands("statements", may ? [{ id: "import", label: t`Import a statement`, key: "n", group: t`Statements`, run: () => setImporting(true) }] : []);
  return (
    <PaymentsFrame
      title={<Trans>Statements</Trans>}
      below={<Trans>What the provider says it holds and did. Each is kept as it came and compared with our records line by line.</Trans>}
      {...(may
        ? {
            actions: (
              <Button tone="primary" shortcut="n" icon={<Upload size={13} aria-hidden />} onClick={() => setImporting(true)}>
                <Trans>Import a statement</Trans>
              </Button>
            ),
          }
        : {})}
    >
      <WorkList<Statement>
        name="statements"
        label={t`Statements`}
        path="/payments/statements"
        module="payments"
        columns={columns}
        views={[{ name: t`All`, search: {} }]}
        filters={[]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={statementName}
        drawer={(row) => <StatementDrawer statement={row} />}
        empty={{
          title: <Trans>No statement yet</Trans>,
          text: <Trans>Import the provider&rsquo;s file: CSV, MT940 or camt.053. Where the provider can be asked, statements come by themselves.</Trans>,
        }}
      />
      <Suspense>{importing && <ImportDialog onClose={() => setImporting(false)} />}</Suspense>
    </PaymentsFrame>
  );
}
