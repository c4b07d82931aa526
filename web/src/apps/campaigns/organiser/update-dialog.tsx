import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { PublicUpdate } from "../talk-types";

export function UpdateDialog({ campaignId, onClose }: { campaignId: string; onClose: () => void }) {
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const ready = title.trim() !== "" && text.trim() !== "";
  const publish = useAct({
    work: () => post<PublicUpdate>(`/campaigns/${campaignId}/updates`, { title: title.trim(), text: text.trim() }),
    refresh: [[`/campaigns/${campaignId}/updates`]],
    done: () => t`Published on the campaign's page`,
    refused: t`The update was not published`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Publish an update</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) publish.mutate();
        }}
      >
        <TextField label={t`Title`} autoFocus maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
        <TextArea
          label={t`Text`}
          rows={8}
          maxLength={10_000}
          hint={t`Everybody reads it, and it stays: an update is neither edited nor removed.`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={publish.isPending} disabled={!ready}>
            <Trans>Publish</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
