import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { PackageCheck } from "lucide-react";

import { keepFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { useAct } from "@/ui/use-act";

/** Everything the campaign rests on, with its chain proof, as one archive; taking it is noted in the log. */
export function AuditBundle({ campaignId }: { campaignId: string }) {
  const keep = useAct({
    work: () => keepFile(`/campaigns/${campaignId}/audit-bundle`, `campaign-${campaignId}.zip`, { body: {} }, "POST"),
    refresh: [["/events", campaignId]],
    done: () => t`The audit bundle is with you; the log notes it`,
    refused: t`The audit bundle was not handed over`,
  });
  return (
    <Button busy={keep.isPending} icon={<PackageCheck size={13} aria-hidden />} onClick={() => keep.mutate()}>
      <Trans>Take the audit bundle</Trans>
    </Button>
  );
}
