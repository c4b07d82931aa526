import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { OctagonX, Play } from "lucide-react";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { Section, Sheet } from "@/ui/page";
import { useAct } from "@/ui/use-act";

import type { CampaignSettings } from "../types";

/** Halts new commitments in the whole organisation: one press, one reason, one press to go on. */
export function StopSwitch({ settings }: { settings: CampaignSettings }) {
  const [asked, setAsked] = useState(false);
  const turn = useAct({
    work: (change: { halted: boolean; reason?: string }) => post("/campaign-settings/stop-switch", change),
    refresh: [["/campaign-settings"]],
    done: (_answer, { halted }) => (halted ? t`New commitments are halted` : t`Members may commit again`),
    refused: t`The switch stays as it was`,
    onDone: () => setAsked(false),
  });
  const resume = () => turn.mutate({ halted: false });
  useCommands("stop-switch", [
    settings.halted
      ? { id: "resume", label: t`Let members commit again`, group: t`Campaigns`, run: resume }
      : { id: "halt", label: t`Halt new commitments`, group: t`Campaigns`, run: () => setAsked(true) },
  ]);
  return (
    <Section title={<Trans>Stop switch</Trans>}>
      <Sheet className="flex flex-wrap items-center gap-13 p-13 sm:p-21">
        <div className="min-w-0 flex-1 basis-[200px]">
          {settings.halted ? (
            <Badge tone="bad">
              <Trans>New commitments are halted</Trans>
            </Badge>
          ) : (
            <Badge tone="ok">
              <Trans>Members may commit</Trans>
            </Badge>
          )}
          <p className="mt-5 text-16 text-pretty text-muted">
            {settings.halted ? (
              settings.halted_reason
            ) : (
              <Trans>Halting concerns every campaign at once. Money in escrow stays there; withdrawing stays possible.</Trans>
            )}
          </p>
        </div>
        {settings.halted ? (
          <Button busy={turn.isPending} icon={<Play size={13} aria-hidden />} onClick={resume}>
            <Trans>Let members commit again</Trans>
          </Button>
        ) : (
          <Button tone="danger" icon={<OctagonX size={13} aria-hidden />} onClick={() => setAsked(true)}>
            <Trans>Halt new commitments</Trans>
          </Button>
        )}
      </Sheet>
      {asked && (
        <Halt busy={turn.isPending} onClose={() => setAsked(false)} onHalt={(reason) => turn.mutate({ halted: true, reason })} />
      )}
    </Section>
  );
}

interface HaltProps {
  busy: boolean;
  onClose: () => void;
  onHalt: (reason: string) => void;
}

function Halt({ busy, onClose, onHalt }: HaltProps) {
  const [reason, setReason] = useState("");
  return (
    <Dialog open onClose={onClose} title={<Trans>Halt new commitments</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          onHalt(reason.trim());
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            No member of this organisation can commit to any campaign until you let them again. Nothing is refunded by
            this, and no deadline moves.
          </Trans>
        </p>
        <TextArea
          label={t`Reason`}
          hint={t`Members who try to commit read it.`}
          autoFocus
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={busy} disabled={reason.trim() === ""}>
            <Trans>Halt new commitments</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
