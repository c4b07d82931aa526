import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Commitment } from "../types";

export function IssueDialog({ commitment, onClose }: { commitment: Commitment; onClose: () => void }) {
  const [category, setCategory] = useState("not_received");
  const [text, setText] = useState("");
  const report = useAct({
    work: () => post(`/commitments/${commitment.id}/issues`, { category, text: text.trim() }),
    refresh: [["/commitments", commitment.id]],
    done: () => t`Reported: the organiser answers to you by mail`,
    refused: t`The issue was not reported`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Report an issue</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          report.mutate();
        }}
      >
        <Field label={t`What it concerns`}>
          {({ id }) => (
            <Select
              id={id}
              value={category}
              choices={[
                { value: "not_received", label: t`It did not arrive` },
                { value: "damaged", label: t`It is damaged` },
                { value: "incomplete", label: t`Something is missing` },
                { value: "not_as_described", label: t`It is not as described` },
                { value: "other", label: t`Something else` },
              ]}
              onChange={setCategory}
            />
          )}
        </Field>
        <TextArea
          label={t`What happened`}
          rows={5}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={report.isPending} disabled={text.trim() === ""}>
            <Trans>Report</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
