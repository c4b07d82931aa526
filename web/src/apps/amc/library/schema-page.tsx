import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { FilePlus2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead, Sheet } from "@/ui/page";

import type { SchemaTable } from "../editor/check-types";
import { SchemaPanel } from "../editor/schema-panel";
import { LinkTabs } from "../list/link-tabs";
import { permissions } from "../permissions";
import { libraryTabs } from "./library-tabs";

const NewWorkflow = lazy(() => import("./new-workflow").then((file) => ({ default: file.NewWorkflow })));
const route = getRouteApi("/app/amc/library/schema");

/** The tables of AMC, to read before a query is begun: columns, thresholds, and a query for each. */
export function SchemaPage() {
  useTitle(t`Schema`);
  const { table: first, client: clientId } = route.useSearch();
  const go = route.useNavigate();
  const mayEdit = useCan()(...permissions.edit);
  const [begun, setBegun] = useState<SchemaTable | null>(null);
  const begin = (table: SchemaTable) =>
    mayEdit && (
      <Button icon={<FilePlus2 size={13} aria-hidden />} onClick={() => setBegun(table)}>
        <Trans>Begin a workflow with it</Trans>
      </Button>
    );
  return (
    <>
      <PageHead
        title={<Trans>Library</Trans>}
        below={<Trans>What AMC holds. A column's threshold is how many people a row needs before it may leave.</Trans>}
      />
      <LinkTabs label={t`Workflows, guides and schema`} tabs={libraryTabs()} />
      <Sheet className="@container p-13 sm:p-21">
        <SchemaPanel
          onSample={begin}
          first={first}
          onOpen={(table) => void go({ search: (before) => ({ ...before, table: table ?? undefined }), replace: true })}
          clientId={clientId}
          onClient={(client) => void go({ search: (before) => ({ ...before, client }), replace: true })}
        />
      </Sheet>
      <Suspense>
        {begun !== null && <NewWorkflow name={begun.name} sql={begun.sample} onClose={() => setBegun(null)} />}
      </Suspense>
    </>
  );
}
