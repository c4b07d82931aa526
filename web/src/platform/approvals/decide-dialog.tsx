import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea } from "@/ui/field";
import { Facts } from "@/ui/page";
import { usePersonName } from "@/ui/person";
import { useAct } from "@/ui/use-act";

import type { Approval } from "./types";

export type Decision = "approve" | "reject" | "withdraw";

interface DecideDialogProps {
  approval: Approval;
  amount: string | null;
  decision: Decision;
  onClose: () => void;
}

/** Money may move: the amount, the person and the effect stand here before the last press. */
export function DecideDialog({ approval, amount, decision, onClose }: DecideDialogProps) {
  const [key] = useState(() => newId());
  const [reason, setReason] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const person = usePersonName(approval.requested_by);
  const given = reason.trim();
  const needsReason = decision === "reject";
  const isFirst = approval.people_needed > 1 && approval.agreed_by === null;
  const words = wordsOf(decision, amount, isFirst);
  const decide = useAct({
    work: () =>
      post<Approval>(
        `/approvals/${approval.id}/${decision}`,
        decision === "withdraw" || given === "" ? undefined : { reason: given },
        { idempotencyKey: key, version: approval.version },
      ),
    refresh: [["/approvals"]],
    done: () => words.done,
    refused: t`The request stays open`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Dialog open onClose={onClose} title={words.title}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (!needsReason || given !== "") decide.mutate();
        }}
      >
        <Facts
          facts={[
            [<Trans key="n">Request</Trans>, approval.summary],
            [<Trans key="n">Amount</Trans>, <strong key="v">{amount ?? "–"}</strong>],
            [<Trans key="n">Asked by</Trans>, person ?? approval.requested_by ?? "–"],
            [<Trans key="n">Effect</Trans>, effectOf(approval, decision, isFirst)],
          ]}
        />
        {decision !== "withdraw" && (
          <TextArea
            label={t`Reason`}
            maxLength={1000}
            hint={t`The person who asked reads it. It is kept for seven years: name nobody without need.`}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={decide.isPending} disabled={needsReason && given === ""}>
            {words.verb}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function effectOf(approval: Approval, decision: Decision, isFirst: boolean): string {
  if (decision !== "approve") return t`Nothing is done`;
  if (isFirst) return t`Nothing yet: another person has to approve it as well`;
  return approval.effect ?? approval.action_title;
}

function wordsOf(decision: Decision, amount: string | null, isFirst: boolean): { title: string; verb: string; done: string } {
  if (decision === "approve") {
    const done = isFirst ? t`Approved: another person has to approve it as well` : t`Approved and done`;
    return { title: t`Approve this request`, verb: amount === null ? t`Approve` : t`Approve ${amount}`, done };
  }
  if (decision === "reject") {
    return { title: t`Reject this request`, verb: amount === null ? t`Reject` : t`Reject ${amount}`, done: t`Rejected: nothing was done` };
  }
  return { title: t`Take the request back`, verb: amount === null ? t`Take back` : t`Take back ${amount}`, done: t`Taken back: nothing was done` };
}
