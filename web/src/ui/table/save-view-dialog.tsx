import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Button } from "../button";
import { Dialog, DialogActions } from "../dialog";
import { TextField } from "../field";

interface SaveViewDialogProps {
  onClose: () => void;
  onSave: (name: string) => void;
}

export default function SaveViewDialog({ onClose, onSave }: SaveViewDialogProps) {
  const [name, setName] = useState("");
  const given = name.trim();
  return (
    <Dialog open onClose={onClose} title={<Trans>Save this view</Trans>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== "") onSave(given);
        }}
      >
        <TextField
          label={t`Name`}
          hint={t`Keeps the filters and the sorting of this list as a tab of yours.`}
          value={name}
          maxLength={34}
          autoFocus
          onChange={(event) => setName(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" disabled={given === ""}>
            <Trans>Save view</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
