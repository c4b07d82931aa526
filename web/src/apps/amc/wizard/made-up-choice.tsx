import { Trans } from "@lingui/react/macro";

import { Checkbox } from "@/ui/checkbox";

import type { Client } from "../types";
import { madeUpOf } from "./made-up";
import { changePlan, type Plan } from "./plan";

/** Whether a run reads made-up data, and whether single events may leave: offered where AMC has such data. */
export function MadeUpChoice({ client, plan }: { client: Client; plan: Plan }) {
  const { required, uncontrolled } = madeUpOf(client, plan);
  if (!client.is_sandbox && !client.connection.is_twin) return null;
  return (
    <>
      {client.is_sandbox ? (
        <p className="text-12 text-muted">
          <Trans>This client is an AMC sandbox: the run reads Amazon's made-up data.</Trans>
        </p>
      ) : (
        <Checkbox
          checked={required}
          onChange={(madeUp) => changePlan(client.id, { madeUp })}
          label={<Trans>Ask for made-up data</Trans>}
          hint={<Trans>As an AMC sandbox wants it. The local AMC has no others.</Trans>}
        />
      )}
      {required && (
        <Checkbox
          checked={uncontrolled}
          onChange={(next) => changePlan(client.id, { uncontrolled: next })}
          label={<Trans>Without aggregation controls</Trans>}
          hint={<Trans>Single events and ids come back, whatever their thresholds. Amazon allows it for made-up data only.</Trans>}
        />
      )}
    </>
  );
}
