import { Trans } from "@lingui/react/macro";

import { Button } from "@/ui/button";

import { WorkflowChoices, type Picked } from "../library/workflow-choices";
import type { Client } from "../types";
import { changePlan, type Plan } from "./plan";

interface TemplateStepProps {
  client: Client;
  plan: Plan;
  onNext: () => void;
}

/** The query: one of the library, or what was being written when this began. */
export function TemplateStep({ client, plan, onNext }: TemplateStepProps) {
  const choose = ({ id, name, number }: Picked) => {
    const same = plan.workflow?.id === id;
    changePlan(client.id, { workflow: { id, name, number }, own: null, ...(same ? {} : { typed: {}, name: "" }) });
    onNext();
  };
  return (
    <>
      <WorkflowChoices chosen={plan.workflow?.id} onPick={choose} />
      {plan.own !== null && (
        <Button tone="primary" size="normal" className="mt-21" onClick={onNext}>
          <Trans>Go on with what is written and not saved</Trans>
        </Button>
      )}
    </>
  );
}
