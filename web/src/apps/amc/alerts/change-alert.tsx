import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { ChannelFields } from "./channel-fields";
import { channelError, conditionOf, draftOf } from "./condition-draft";
import { ConditionFields } from "./condition-fields";
import { isKnown, type Alert, type Channel, type Condition } from "./types";
import { useLastColumns } from "./use-last-columns";

/** Changes an alert: its name, and for whoever set it or sets up clients when it tells and whom. */
export function ChangeAlert({ alert, onClose }: { alert: Alert; onClose: () => void }) {
  const columns = useLastColumns(alert.about_workflow_id ?? "");
  const [name, setName] = useState(alert.name);
  const [draft, setDraft] = useState(() => draftOf(alert.condition));
  const [channels, setChannels] = useState<Channel[]>(() => alert.channels.filter(isKnown));
  const [strict, setStrict] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const condition = conditionOf(draft);
  const change = useAct({
    work: (tells: Condition) => {
      const body = alert.can_change ? { name: name.trim(), condition: tells, channels } : { name: name.trim() };
      return patch<Alert>(`/amc/alerts/${alert.id}`, body, { version: alert.version });
    },
    refresh: [["/amc/alerts"]],
    done: (changed) => t`${changed.name} is changed`,
    refused: t`The alert stays as it was`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(problem.status === 412 ? t`Somebody else changed it meanwhile. Close this and look again.` : (problem.errors[0]?.hint ?? problem.said)),
  });
  const send = () => {
    setStrict(true);
    if (condition !== null && channels.every((channel) => channelError(channel) === null)) change.mutate(condition);
  };
  const known = columns.some((column) => column.name === draft.column) || draft.column === "";
  return (
    <Dialog open onClose={onClose} wide={alert.can_change} title={<Trans>Change the alert</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField label={t`Name`} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        {alert.can_change ? (
          <>
            {/* The column it watches stays to choose, also when no result has told the columns yet. */}
            <ConditionFields columns={known ? columns : [...columns, { name: draft.column, type: "DOUBLE" }]} draft={draft} onChange={setDraft} />
            <ChannelFields channels={channels} onChange={setChannels} strict={strict} />
            <p className="label">
              <Trans>From now on it tells what you may read; webhooks are signed with the same secret as before.</Trans>
            </p>
          </>
        ) : (
          <p className="label">
            <Trans>When it tells and whom, only whoever set it can change, and who sets up clients.</Trans>
          </p>
        )}
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={change.isPending} disabled={name.trim() === "" || condition === null}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
