import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatInstant, fromLocalField, zoneHere } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Campaign } from "../types";

/** While members inspect: once, the organiser may give them longer. */
export function LongerInspection({ campaign }: { campaign: Campaign }) {
  const [asked, setAsked] = useState(false);
  const may = useCan()(...permissions.create);
  const ends = campaign.inspection_ends_at;
  if (campaign.state !== "inspecting" || ends === null || !may) return null;
  if (campaign.inspection_extended_at !== null) {
    const at = formatInstant(campaign.inspection_extended_at, campaign.time_zone);
    return (
      <p className="label mb-21">
        <Trans>The inspection was made longer on {at}; that happens once.</Trans>
      </p>
    );
  }
  return (
    <p className="mb-21">
      <Button onClick={() => setAsked(true)}>
        <Trans>Give longer to inspect</Trans>
      </Button>
      {asked && <LongerDialog campaign={campaign} ends={ends} onClose={() => setAsked(false)} />}
    </p>
  );
}

interface LongerDialogProps {
  campaign: Campaign;
  ends: string;
  onClose: () => void;
}

function LongerDialog({ campaign, ends, onClose }: LongerDialogProps) {
  const [until, setUntil] = useState("");
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const ready = until !== "" && reason.trim() !== "";
  const zone = zoneHere();
  const now = formatInstant(ends, campaign.time_zone);
  const extend = useAct({
    work: () => {
      const body = { until: fromLocalField(until), reason: reason.trim() };
      return post(`/campaigns/${campaign.id}/inspection-extension`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaigns", campaign.id]],
    done: () => t`Members have longer to inspect, and are told`,
    refused: t`The inspection ends as it did`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Give longer to inspect</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) extend.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            The inspection ends on {now}. It can be made longer once, by at most 30 days. Members and the supplier are
            told at once; nothing is released before the new end.
          </Trans>
        </p>
        <TextField
          label={t`New end of the inspection`}
          type="datetime-local"
          needed
          hint={t`In your time zone, ${zone}.`}
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
        <TextArea label={t`Why`} hint={t`Members read it.`} maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={extend.isPending} disabled={!ready}>
            <Trans>Move the end</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
