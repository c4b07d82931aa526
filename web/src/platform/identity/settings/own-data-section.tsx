import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Download, Trash2 } from "lucide-react";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { useMe } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { useAct } from "@/ui/use-act";

import { copies, DataRequests, erasures } from "./data-requests";
import { EraseDialog } from "./erase-dialog";
import type { DataRequest } from "./personal-data-types";

/** One's own data in this organisation: a copy of it, and its erasure. */
export function OwnDataSection() {
  const organisation = useMe()?.tenant?.name ?? "";
  const [erasing, setErasing] = useState(false);
  const own = (rows: readonly DataRequest[]) => rows.filter((row) => row.is_own);
  const made = own(useKeysetList<DataRequest>(copies, {}).rows);
  const asked = own(useKeysetList<DataRequest>(erasures, {}).rows);
  const isOpen = ({ state }: DataRequest) => state === "waiting" || state === "running";
  const copy = useAct({
    work: () => post(copies, {}),
    refresh: [[copies]],
    done: () => t`The link to your data will be mailed to you`,
    refused: t`No copy was asked for`,
  });
  if (organisation === "") return null;
  return (
    <Section
      title={<Trans>Your data in {organisation}</Trans>}
      hint={<Trans>A copy comes as a file by mail. An erasure waits some days, in which it can be withdrawn.</Trans>}
    >
      <div className="mb-13 flex flex-wrap gap-8">
        <Button busy={copy.isPending} disabled={made.some(isOpen)} icon={<Download size={13} aria-hidden />} onClick={() => copy.mutate()}>
          <Trans>Download my data</Trans>
        </Button>
        <Button tone="danger" disabled={asked.some(isOpen)} icon={<Trash2 size={13} aria-hidden />} onClick={() => setErasing(true)}>
          <Trans>Delete my account in this organisation</Trans>
        </Button>
      </div>
      <DataRequests requests={[...asked, ...made]} />
      {erasing && <EraseDialog onClose={() => setErasing(false)} />}
    </Section>
  );
}
