import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";

import { usePatched } from "./use-patched";

interface Named {
  id: string;
  name: string;
  version: number;
}

/** Gives a record another name. It steps aside while that is saved, and comes back if it is refused. */
export function NameDialog({ path, row, onClose }: { path: string; row: Named; onClose: () => void }) {
  // Once it is saved the record has the new name, and a refused one has the old again: what was typed stays.
  const [typed, setTyped] = useState(row.name);
  const [refusal, setRefusal] = useState<string>();
  const keep = usePatched<Named>({
    path,
    row,
    done: t`The name is changed`,
    refused: t`The name stays as it was`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(problem.status === 412 ? t`Somebody else changed it meanwhile. Close this and look again.` : (problem.errors[0]?.hint ?? problem.said)),
  });
  const ready = typed.trim() !== "";
  return (
    <Dialog open={!keep.isPending} onClose={onClose} title={<Trans>Rename</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) keep.mutate({ name: typed.trim() });
        }}
      >
        <TextField label={t`Name`} autoFocus maxLength={200} value={typed} onChange={(event) => setTyped(event.target.value)} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" disabled={!ready}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
