import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState, NoPermission } from "@/ui/states";

import { clientQuery } from "../clients/use-client";
import { workflowQuery } from "../library/use-workflow";
import { WorkflowChoices } from "../library/workflow-choices";
import { permissions } from "../permissions";
import { useRun } from "../runs/use-run";
import { CollectionForm } from "./collection-form";

const route = getRouteApi("/app/amc/runs/collections/new");

/** A collection from a workflow, or from a run: its workflow, its client and the values that were typed. */
export function NewCollectionPage() {
  const can = useCan();
  const missing = [...permissions.edit, ...permissions.run].find((each) => !can(each));
  useTitle(t`Collect over time`);
  return (
    <>
      <PageHead
        above={
          <Link to="/amc/runs/collections" className="hover:text-ink">
            <Trans>Collections</Trans>
          </Link>
        }
        title={<Trans>Collect over time</Trans>}
        below={<Trans>One query, asked for each stretch of time and each client; what is there already is not asked twice.</Trans>}
      />
      {missing === undefined ? <Begun /> : <NoPermission detail={t`Collecting asks AMC and is kept: it needs both permissions.`} permission={missing} />}
    </>
  );
}

function Begun() {
  const search = route.useSearch();
  const go = route.useNavigate();
  const run = useRun(search.run ?? "", search.run !== undefined);
  const [chosen, setChosen] = useState(search.workflow);
  const workflowId = chosen ?? run.data?.workflow?.id;
  const clientId = search.client ?? run.data?.instance.id;
  const workflow = useQuery({ ...workflowQuery(workflowId ?? ""), enabled: workflowId !== undefined });
  const client = useQuery({ ...clientQuery(clientId ?? ""), enabled: clientId !== undefined });
  const waiting = (search.run !== undefined && run.isPending) || (workflowId !== undefined && workflow.isPending) || (clientId !== undefined && client.isPending);
  const error = run.error ?? workflow.error ?? client.error;
  if (error !== null) return <ErrorState error={error} />;
  if (waiting) return <PageSkeleton />;
  if (workflow.data === undefined) {
    return (
      <div className="max-w-618">
        <WorkflowChoices
          onPick={({ id }) => {
            setChosen(id);
            void go({ search: (before) => ({ ...before, workflow: id }), replace: true });
          }}
        />
      </div>
    );
  }
  return <CollectionForm key={workflow.data.id} workflow={workflow.data} run={run.data ?? null} client={client.data ?? null} />;
}
