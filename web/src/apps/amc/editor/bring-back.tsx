import { Trans } from "@lingui/react/macro";
import { ArchiveRestore } from "lucide-react";

import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";

import { useUnarchive } from "../library/use-unarchive";
import { permissions } from "../permissions";
import type { Workflow } from "../types";

/** The one verb of an archived workflow. */
export function BringBack({ workflow }: { workflow: Workflow }) {
  const can = useCan();
  const back = useUnarchive(workflow);
  if (!can(...permissions.edit)) return null;
  return (
    <Button tone="primary" icon={<ArchiveRestore size={13} aria-hidden />} busy={back.isPending} onClick={() => back.mutate()}>
      <Trans>Bring it back</Trans>
    </Button>
  );
}
