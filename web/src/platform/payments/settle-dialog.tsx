import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { breakWord } from "./break-columns";
import type { Break } from "./types";
import { resolutionWords } from "./words";

type Resolution = "booked" | "ignored" | "explained";

/** Settling is final: what it means for the line stands beside the choice. */
export function SettleDialog({ found, onClose }: { found: Break; onClose: () => void }) {
  const [resolution, setResolution] = useState<Resolution>("booked");
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const words = resolutionWords();
  const given = reason.trim();
  // Without a line there is nothing that could stay unmatched.
  const possible: Resolution[] = found.statement_line_id === null ? ["booked", "ignored"] : ["booked", "ignored", "explained"];
  const settle = useAct({
    work: () => {
      const body = { resolution, reason: given };
      return post(`/payments/breaks/${found.id}/resolve`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/payments/breaks"], ["/payments/statements"]],
    done: () => t`Settled: ${breakWord(found)}`,
    refused: t`The difference stays open`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Settle this difference</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          settle.mutate();
        }}
      >
        <Field label={t`How`}>
          {({ id }) => (
            <Select<Resolution>
              id={id}
              value={resolution}
              choices={possible.map((value) => ({ value, label: words[value] ?? value }))}
              onChange={setResolution}
            />
          )}
        </Field>
        <TextArea
          label={t`Reason`}
          hint={t`It stays in the log. Settling moves no money and cannot be taken back.`}
          maxLength={2000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={settle.isPending} disabled={given === ""}>
            <Trans>Settle</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
