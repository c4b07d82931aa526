import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney, parseMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

type Kind = "provider_fee" | "dispute_fee";

interface RecordFeeProps {
  campaignId: string;
  currency: string;
  onClose: () => void;
}

/** A fee that the provider took and did not tell; the bond bears it as far as it goes. */
export function RecordFee({ campaignId, currency, onClose }: RecordFeeProps) {
  const [kind, setKind] = useState<Kind>("provider_fee");
  const [typed, setTyped] = useState("");
  const [reference, setReference] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const minor = parseMoney(typed, currency);
  const ready = minor !== null && minor > 0 && reference.trim() !== "";
  const shown = minor === null ? "" : formatMoney(minor, currency);
  const record = useAct({
    work: () => {
      const body = { kind, amount_minor: minor ?? 0, reference: reference.trim() };
      return post(`/campaigns/${campaignId}/provider-charges`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaigns", campaignId], ["/campaign-provider-charges"], ["/campaign-coverage"]],
    done: () => t`The fee of ${shown} is in the books`,
    refused: t`Nothing is booked`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Record a fee</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) record.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            Only what the provider took and has not told by itself. The bond bears it, never a member; what the bond
            cannot bear stands as a gap, and a gap stops every release.
          </Trans>
        </p>
        <Field label={t`Fee`}>
          {({ id }) => (
            <Select<Kind>
              id={id}
              value={kind}
              choices={[
                { value: "provider_fee", label: t`Of the provider` },
                { value: "dispute_fee", label: t`Of a dispute` },
              ]}
              onChange={setKind}
            />
          )}
        </Field>
        <TextField label={t`Amount, ${currency}`} inputMode="decimal" needed value={typed} onChange={(event) => setTyped(event.target.value)} />
        <TextField
          label={t`Reference at the provider`}
          hint={t`The same reference is booked once, however often it is sent.`}
          needed
          maxLength={100}
          value={reference}
          onChange={(event) => setReference(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={record.isPending} disabled={!ready}>
            {ready ? <Trans>Book {shown}</Trans> : <Trans>Book it</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
