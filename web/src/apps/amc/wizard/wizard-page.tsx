import { t } from "@lingui/core/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";

import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState, NoPermission } from "@/ui/states";

import { useClient } from "../clients/use-client";
import { useWorkflow } from "../library/use-workflow";
import { StepsFrame } from "../list/steps-frame";
import { permissions } from "../permissions";
import type { Client } from "../types";
import { windowWithData } from "./data-days";
import { changePlan, usePlan } from "./plan";
import { ReviewStep } from "./review-step";
import { TemplateStep } from "./template-step";
import { useToday } from "./use-today";
import { WindowStep } from "./window-step";

const route = getRouteApi("/app/amc/clients/$clientId/run");

export function WizardPage() {
  const { clientId } = route.useParams();
  const can = useCan();
  const { data, error, isPending, refetch } = useClient(clientId);
  useTitle(data === undefined ? t`Run a query` : t`Run for ${data.name}`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!can(...permissions.run)) {
    return <NoPermission whole detail={t`Running a query needs a permission of its own.`} permission={permissions.run[0]} />;
  }
  return <Steps client={data} />;
}

function Steps({ client }: { client: Client }) {
  const { step, workflow } = route.useSearch();
  const go = route.useNavigate();
  const today = useToday();
  const plan = usePlan(client.id, useMemo(() => windowWithData(client, today), [client, today]));
  const asked = workflow !== undefined && plan.workflow?.id !== workflow;
  const to = (next: number) => void go({ search: { step: next } });
  if (asked) return <Taken clientId={client.id} workflowId={workflow} onTaken={() => to(2)} />;
  // The query is chosen first: a later step opened by its address alone begins there.
  const now = plan.workflow === null && plan.own === null ? 1 : step;
  const names = [t`What to run`, t`Which time`, t`Look over and run`];
  return (
    <StepsFrame
      above={
        <Link to="/amc/clients/$clientId" params={{ clientId: client.id }} className="hover:text-ink">
          {client.name}
        </Link>
      }
      step={now}
      names={names}
      {...(now > 1 ? { onBack: () => to(now - 1) } : {})}
    >
      {now === 1 && <TemplateStep client={client} plan={plan} onNext={() => to(2)} />}
      {now === 2 && <WindowStep client={client} plan={plan} onNext={() => to(3)} />}
      {now === 3 && <ReviewStep client={client} plan={plan} />}
    </StepsFrame>
  );
}

/** A workflow named in the address, as a guide or a link does, is taken into the plan. */
function Taken({ clientId, workflowId, onTaken }: { clientId: string; workflowId: string; onTaken: () => void }) {
  const { data, error, refetch } = useWorkflow(workflowId);
  const done = useRef(false);
  useEffect(() => {
    if (data === undefined || done.current) return;
    done.current = true;
    const { id, name, number } = data;
    changePlan(clientId, { workflow: { id, name, number }, own: null, typed: {} });
    onTaken();
  }, [data, clientId, onTaken]);
  return error === null ? <PageSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
}
