import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Landmark } from "lucide-react";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney, parseMoney } from "@/kernel/money";
import type { Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Issue } from "../types";

interface DecideIssueProps {
  campaignId: string;
  issue: Issue;
  onClose: () => void;
}

type Outcome = "refund" | "release" | "split";

/** Money follows the decision: its amount, whose it is and what happens to it stand above the button. */
export function DecideIssue({ campaignId, issue, onClose }: DecideIssueProps) {
  const [outcome, setOutcome] = useState<Outcome>("refund");
  const [resolution, setResolution] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [typed, setTyped] = useState("");
  const attempt = useAttempt();
  const { currency } = issue;
  const amount = formatMoney(issue.amount_minor, currency);
  const part = outcome === "split" ? parseMoney(typed, currency) : null;
  const splits = part !== null && part > 0 && part < issue.amount_minor;
  const back = splits ? formatMoney(part, currency) : "–";
  const rest = splits ? formatMoney(issue.amount_minor - part, currency) : "–";
  const ready = resolution.trim() !== "" && (outcome !== "split" || splits);
  const reference = issue.commitment_reference;
  const decide = useAct({
    work: () => {
      const body = { outcome, resolution: resolution.trim(), ...(part === null ? {} : { refund_minor: part }) };
      return post<{ approval_id: string | null }>(`/issues/${issue.id}/resolve`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[`/campaigns/${campaignId}/issues`], ["/campaigns", campaignId], [`/campaigns/${campaignId}/commitments`]],
    done: (answer) => {
      if (answer.approval_id !== null) return t`A second person is asked to approve it`;
      if (outcome === "split") return t`${back} is refunded from escrow, the rest is released with the others`;
      return outcome === "refund" ? t`${amount} is refunded from escrow` : t`The commitment is released with the others`;
    },
    refused: t`The issue stays open`,
    onDone: onClose,
    onRefused: (refused) => {
      attempt.refused(refused);
      setProblem(refused);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Decide the issue of {reference}</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) decide.mutate();
        }}
      >
        <blockquote className="border-l-2 border-line-strong pl-13 text-16 text-pretty break-words text-muted">
          {issue.text}
        </blockquote>
        <Field label={t`Decision`}>
          {({ id }) => (
            <Select<Outcome>
              id={id}
              value={outcome}
              choices={[
                { value: "refund", label: t`Refund the commitment in full` },
                { value: "split", label: t`Refund a part, release the rest` },
                { value: "release", label: t`Release it with the others` },
              ]}
              onChange={setOutcome}
            />
          )}
        </Field>
        {outcome === "split" && (
          <TextField
            label={t`The member's part, ${currency}`}
            inputMode="decimal"
            value={typed}
            error={typed === "" || splits ? undefined : t`Enter an amount above zero and below ${amount}`}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <p className="flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-16 text-ink">
          <Landmark size={16} aria-hidden className="mt-5 shrink-0" />
          {outcome === "refund" ? (
            <Trans>
              {amount} of {reference} go back from escrow to the method they came from, at no cost to the member.
            </Trans>
          ) : outcome === "split" ? (
            <Trans>
              Of {amount} committed with {reference}, {back} go back to the method they came from, at no cost to the
              member; {rest} are released with the others.
            </Trans>
          ) : (
            <Trans>
              {amount} of {reference} leave escrow with the release, once the inspection has ended. The member gets
              nothing back.
            </Trans>
          )}
        </p>
        <TextArea
          label={t`What was found`}
          hint={t`The member reads it, and it stays in the log.`}
          rows={4}
          maxLength={2000}
          value={resolution}
          onChange={(event) => setResolution(event.target.value)}
        />
        <FormRefusal message={problem?.said} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={decide.isPending} disabled={!ready}>
            <Verb outcome={outcome} amount={amount} back={back} />
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Verb({ outcome, amount, back }: { outcome: Outcome; amount: string; back: string }) {
  if (outcome === "split") return <Trans>Refund {back}</Trans>;
  return outcome === "refund" ? <Trans>Refund {amount}</Trans> : <Trans>Release {amount}</Trans>;
}
