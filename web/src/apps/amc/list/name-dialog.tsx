import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { QueryKey } from "@tanstack/react-query";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

interface NameDialogProps {
  name: string;
  save: (name: string) => Promise<unknown>;
  refresh: readonly QueryKey[];
  onClose: () => void;
}

/** Gives a record another name. */
export function NameDialog({ name, save, refresh, onClose }: NameDialogProps) {
  const [typed, setTyped] = useState(name);
  const [refusal, setRefusal] = useState<string>();
  const keep = useAct({
    work: () => save(typed.trim()),
    refresh,
    done: () => t`The name is changed`,
    refused: t`The name stays as it was`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(problem.status === 412 ? t`Somebody else changed it meanwhile. Close this and look again.` : (problem.errors[0]?.hint ?? problem.said)),
  });
  const ready = typed.trim() !== "";
  return (
    <Dialog open onClose={onClose} title={<Trans>Rename</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) keep.mutate();
        }}
      >
        <TextField label={t`Name`} autoFocus maxLength={200} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={keep.isPending} disabled={!ready}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
