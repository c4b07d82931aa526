import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { FileDown } from "lucide-react";
import { useState } from "react";

import { keepFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { useAct } from "@/ui/use-act";

interface ManifestProps {
  campaignId: string;
  reference: string;
  direct: boolean;
}

/** What goes where, as a file; where it names people, that is said before it is taken out. */
export function Manifest({ campaignId, reference, direct }: ManifestProps) {
  const [asked, setAsked] = useState(false);
  const take = useAct({
    work: () => keepFile(`/campaigns/${campaignId}/manifest.csv`, `manifest-${reference}.csv`, {}, "POST"),
    refresh: [],
    done: () => t`The manifest was taken out; this is recorded`,
    refused: t`There is no manifest now`,
    onDone: () => setAsked(false),
  });
  return (
    <>
      <Button
        size="normal"
        busy={take.isPending}
        icon={<FileDown size={13} aria-hidden />}
        onClick={() => (direct ? setAsked(true) : take.mutate())}
      >
        <Trans>Manifest</Trans>
      </Button>
      {asked && (
        <Dialog open onClose={() => setAsked(false)} title={<Trans>Take the manifest out</Trans>}>
          <p className="text-16 text-pretty">
            <Trans>
              It names each member who is delivered to, with the address. Use it for this delivery only. That you took
              it out, and when, is recorded; what stands in it is not.
            </Trans>
          </p>
          <DialogActions>
            <Button size="normal" onClick={() => setAsked(false)}>
              <Trans>Cancel</Trans>
            </Button>
            <Button tone="primary" size="normal" busy={take.isPending} onClick={() => take.mutate()}>
              <Trans>Take it out as CSV</Trans>
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  );
}
