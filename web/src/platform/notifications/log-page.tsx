import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";

import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { WorkList } from "@/ui/table/work-list";

import { LoggedDrawer, logColumns, stateWords } from "./log-columns";
import type { LoggedMail } from "./types";

const route = getRouteApi("/app/communication");

/** Which fixed text went to whom, and whether it arrived: without addresses and without what it said. */
export function CommunicationPage() {
  useTitle(t`Communication log`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => logColumns(), []);
  const words = stateWords();
  return (
    <>
      <PageHead
        title={<Trans>Communication log</Trans>}
        below={<Trans>Every mail of this organisation: which text in which version, to whom, and how its delivery went.</Trans>}
      />
      <WorkList<LoggedMail>
        name="communication"
        label={t`Communication log`}
        path="/mail-messages"
        module="campaigns"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Not delivered`, search: { state: "failed" } },
          { name: t`Waiting`, search: { state: "queued" } },
        ]}
        filters={[{ id: "state", label: t`State`, choices: Object.entries(words).map(([value, label]) => ({ value, label })) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        rowId={(row) => row.id}
        rowLabel={(row) => row.template}
        drawer={(row) => <LoggedDrawer mail={row} />}
        empty={{
          title: <Trans>No mail here</Trans>,
          text: <Trans>Each step that tells somebody leaves a line here.</Trans>,
        }}
      />
    </>
  );
}
