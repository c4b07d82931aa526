import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch, post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { EventPicker } from "./event-picker";
import { path, type Webhook, type WebhookWithSecret } from "./types";

interface WebhookDialogProps {
  /** The one that is changed; a new one when left out. */
  webhook?: Webhook;
  onClose: () => void;
  /** Is given the new one's secret. */
  onMade?: (secret: string) => void;
}

/** Where to, and what of. */
export function WebhookDialog({ webhook, onClose, onMade }: WebhookDialogProps) {
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [events, setEvents] = useState<string[]>(webhook?.events ?? []);
  const [problem, setProblem] = useState<Problem | null>(null);
  const body = { url: url.trim(), description: description.trim(), events };
  const save = useAct({
    work: async (): Promise<string | null> => {
      if (webhook === undefined) return (await post<WebhookWithSecret>(path, body)).secret;
      await patch<Webhook>(`${path}/${webhook.id}`, body, { version: webhook.version });
      return null;
    },
    refresh: [[path]],
    done: () => (webhook === undefined ? t`Webhook added` : t`Webhook changed`),
    refused: webhook === undefined ? t`No webhook was added` : t`The webhook stays as it was`,
    onDone: (secret) => {
      onClose();
      if (secret !== null) onMade?.(secret);
    },
    onRefused: setProblem,
  });
  const wrong = (field: string) => problem?.errors.find((each) => each.field.startsWith(`body.${field}`))?.hint;
  const elsewhere = problem !== null && wrong("url") === undefined && wrong("events") === undefined ? problem.said : wrong("events");
  return (
    <Dialog open onClose={onClose} title={webhook === undefined ? <Trans>New webhook</Trans> : <Trans>Change webhook</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextField
          label={t`Address`}
          hint={t`Begins with https:// and answers within ten seconds.`}
          type="url"
          inputMode="url"
          autoFocus
          value={url}
          error={wrong("url")}
          onChange={(event) => setUrl(event.target.value)}
        />
        <TextField label={t`Description`} optional={t`optional`} maxLength={200} value={description} onChange={(event) => setDescription(event.target.value)} />
        <EventPicker chosen={events} onChange={setEvents} />
        <p className="label">
          <Trans>It is told what you may read yourself: you answer for it from now on.</Trans>
        </p>
        <FormRefusal message={elsewhere} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending} disabled={url.trim() === "" || events.length === 0}>
            {webhook === undefined ? <Trans>Add webhook</Trans> : <Trans>Save</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
