import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { formatInstant, fromLocalField, zoneHere } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Notice } from "../talk-types";
import type { Campaign } from "../types";

interface NoticeDialogProps {
  kind: "extension" | "delay";
  campaign: Campaign;
  onClose: () => void;
}

/** What, why, the new date and the worst case: all four, before anybody is told. */
export function NoticeDialog({ kind, campaign, onClose }: NoticeDialogProps) {
  const [key, setKey] = useState(() => newId());
  const [told, setTold] = useState({ what: "", why: "", worst_case: "", date: "" });
  const [refusal, setRefusal] = useState<string>();
  const extension = kind === "extension";
  const zone = zoneHere();
  const ready = Object.values(told).every((text) => text.trim() !== "");
  const change = (part: Partial<typeof told>) => {
    setTold({ ...told, ...part });
    setKey(newId());
  };
  const send = useAct({
    work: () => {
      const { date, ...texts } = told;
      const body = { ...texts, new_date_at: fromLocalField(date) };
      const path = extension ? "extension" : "notices";
      return post<Notice>(`/campaigns/${campaign.id}/${path}`, body, { idempotencyKey: key });
    },
    refresh: [["/campaigns", campaign.id]],
    done: () => (extension ? t`Requested: another person decides` : t`Every member is told`),
    refused: extension ? t`The extension was not requested` : t`Nobody was told`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  const { commitments } = campaign.totals;
  const deadline = campaign.deadline_at === null ? "–" : formatInstant(campaign.deadline_at, campaign.time_zone);
  return (
    <Dialog open wide onClose={onClose} title={extension ? <Trans>Request an extension</Trans> : <Trans>Give notice of a delay</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) send.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          {extension ? (
            <Trans>
              The campaign closes on {deadline}. It may be extended once; another person decides. Members are told then,
              and may withdraw in full for 72 hours.
            </Trans>
          ) : (
            <Plural
              value={commitments}
              one="# commitment is told at once, and its member answers: stay, or leave with a full refund."
              other="# commitments are told at once, and each member answers: stay, or leave with a full refund."
            />
          )}
        </p>
        <TextArea label={t`What changes`} maxLength={2000} value={told.what} onChange={(event) => change({ what: event.target.value })} />
        <TextArea label={t`Why`} maxLength={2000} value={told.why} onChange={(event) => change({ why: event.target.value })} />
        <TextArea
          label={t`The worst case`}
          maxLength={2000}
          value={told.worst_case}
          onChange={(event) => change({ worst_case: event.target.value })}
        />
        <TextField
          label={extension ? t`New closing time` : t`New date, conditional`}
          type="datetime-local"
          hint={t`In your time zone, ${zone}.`}
          value={told.date}
          onChange={(event) => change({ date: event.target.value })}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={!ready}>
            {extension ? <Trans>Request the extension</Trans> : <Trans>Tell every member</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
