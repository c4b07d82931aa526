import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { SupplierCampaign } from "../types";
import { fulfilmentWords } from "./fulfilment-words";

export function StepDialog({ campaign, onClose }: { campaign: SupplierCampaign; onClose: () => void }) {
  const [kind, setKind] = useState("scheduled");
  const [note, setNote] = useState("");
  const [key] = useState(() => newId());
  const report = useAct({
    work: () =>
      post(
        `/supplier/campaigns/${campaign.id}/fulfilment-events`,
        { kind, note: note.trim() },
        { idempotencyKey: key },
      ),
    refresh: [["/supplier/campaigns"]],
    done: () => t`Step reported; the members are told`,
    refused: t`The step was not reported`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Report a step</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          report.mutate();
        }}
      >
        <Field label={t`Step`}>
          {({ id }) => <Select id={id} value={kind} choices={fulfilmentWords()} onChange={setKind} />}
        </Field>
        <TextArea
          label={t`Note`}
          hint={t`What, where, and the new conditional date when something moves. The members read it.`}
          value={note}
          maxLength={2000}
          onChange={(event) => setNote(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={report.isPending} disabled={note.trim() === ""}>
            <Trans>Report</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
