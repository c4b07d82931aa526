import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Landmark } from "lucide-react";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextArea } from "@/ui/field";

import { titleOf } from "../campaign-title";
import type { Campaign, Transition } from "../types";
import type { Step } from "./use-transition";

interface TransitionDialogProps {
  campaign: Campaign;
  transition: Transition;
  onClose: () => void;
  start: (step: Step) => void;
  busy: boolean;
}

/** Asks for the reason, and names the effect on money before it happens. */
export function TransitionDialog({ campaign, transition, onClose, start, busy }: TransitionDialogProps) {
  const [reason, setReason] = useState("");
  const given = reason.trim();
  return (
    <Dialog open onClose={onClose} title={transition.label}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          start({ transition, onDone: onClose, ...(given === "" ? {} : { reason: given }) });
        }}
      >
        <p className="text-16">
          <Trans>
            {titleOf(campaign)} ({campaign.reference})
          </Trans>
        </p>
        {transition.money_effect !== null && (
          <p className="flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-16 text-ink">
            <Landmark size={16} aria-hidden className="mt-5 shrink-0" />
            {transition.money_effect}
          </p>
        )}
        {transition.needs_reason && (
          <TextArea
            label={t`Reason`}
            hint={t`Everybody concerned reads it, and it stays in the log.`}
            autoFocus
            required
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={busy}
            disabled={transition.needs_reason && given === ""}
          >
            {transition.label}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
