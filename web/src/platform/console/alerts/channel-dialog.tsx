import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

/** Asks for an address, then shows the secret its messages are signed with, this once. */
export function ChannelDialog({ onClose }: { onClose: () => void }) {
  const [url, setUrl] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const add = useAct({
    work: () => post<{ secret: string }>("/admin/alert-channels", { url: url.trim() }),
    refresh: [["/admin/alert-channels"]],
    refused: t`The webhook was not added`,
    onDone: (answer) => setSecret(answer.secret),
    onRefused: setProblem,
  });
  if (secret !== null) {
    return (
      <Dialog open onClose={onClose} title={<Trans>The webhook&rsquo;s secret, this once</Trans>}>
        <p className="text-16">
          <Trans>
            The receiver checks the header metatron-signature with it: t, a dot and the body under HMAC-SHA256.
          </Trans>
        </p>
        <p className="mt-13 rounded-5 bg-sunken p-13 break-all">
          <CopyId value={secret} full />
        </p>
        <DialogActions>
          <Button tone="primary" size="normal" onClick={onClose}>
            <Trans>I have copied it</Trans>
          </Button>
        </DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={<Trans>Add a webhook</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (url.trim() !== "") add.mutate();
        }}
      >
        <TextField
          type="url"
          label={t`Address`}
          hint={t`A public one that begins with https://.`}
          error={problem?.errors[0]?.hint ?? problem?.said}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={add.isPending} disabled={url.trim() === ""}>
            <Trans>Add</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
