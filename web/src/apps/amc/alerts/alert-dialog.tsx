import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { ResultColumn } from "../types";
import { ChannelFields } from "./channel-fields";
import { channelError, conditionOf, firstCondition } from "./condition-draft";
import { ConditionFields } from "./condition-fields";
import { SecretOnce } from "./secret-once";
import type { Alert, Channel, Condition, Subject } from "./types";
import { useLastColumns } from "./use-last-columns";

interface AlertDialogProps {
  subject: Subject;
  /** Columns of the result one comes from; else the newest result tells them. */
  columns?: readonly ResultColumn[];
  onClose: () => void;
}

type Made = Alert & { webhook_secret: string };

/** Puts an alert together: a condition over each new result, and who is told when it holds. */
export function AlertDialog({ subject, columns, onClose }: AlertDialogProps) {
  const known = useLastColumns(subject.workflowId, columns);
  const mine = useMe()?.user.email ?? "";
  const [name, setName] = useState(subject.name);
  const [draft, setDraft] = useState(firstCondition);
  const [channels, setChannels] = useState<Channel[]>(() => [{ kind: "mail", to: mine }]);
  const [strict, setStrict] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [made, setMade] = useState<Made | null>(null);
  const condition = conditionOf(draft);
  const make = useAct({
    work: (tells: Condition) => {
      const about = subject.kind === "workflow" ? { workflow_id: subject.id } : { schedule_id: subject.id };
      return post<Made>("/amc/alerts", { name: name.trim(), ...about, condition: tells, channels });
    },
    refresh: [["/amc/alerts"]],
    done: (alert) => t`${alert.name} is watched from the next result on`,
    refused: t`No alert was made`,
    onDone: (alert) => {
      if (alert.channels.some(({ kind }) => kind === "webhook")) setMade(alert);
      else onClose();
    },
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  if (made !== null) return <SecretOnce name={made.name} secret={made.webhook_secret} onClose={onClose} />;
  const send = () => {
    setStrict(true);
    if (condition !== null && channels.every((channel) => channelError(channel) === null)) make.mutate(condition);
  };
  return (
    <Dialog open onClose={onClose} wide title={<Trans>Alert me on results</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className="label">
          {subject.kind === "workflow" ? (
            <Trans>Each new result of the workflow {subject.name}, for whichever client.</Trans>
          ) : (
            <Trans>Each new result of the schedule {subject.name}.</Trans>
          )}
        </p>
        <TextField label={t`Name`} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <ConditionFields columns={known} draft={draft} onChange={setDraft} />
        {known.length === 0 && (
          <p className="label">
            <Trans>Its columns are offered once it has succeeded.</Trans>
          </p>
        )}
        <ChannelFields channels={channels} onChange={setChannels} strict={strict} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={make.isPending} disabled={name.trim() === "" || condition === null}>
            <Trans>Make the alert</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
