import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { formatMoney, parseMoney, plainMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { Facts } from "@/ui/page";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import type { OwedBack } from "./types";

/** `left` is what can still be paid. The amount, who takes it and what is left then, before the provider is told. */
export function PayBackDialog({ claim, left, onClose }: { claim: OwedBack; left: number; onClose: () => void }) {
  const { currency } = claim;
  const standIn = useMe()?.twins.some(({ name }) => name.startsWith("payments")) === true;
  const [amount, setAmount] = useState(plainMoney(left, currency));
  const [method, setMethod] = useState(standIn ? "pm_ok" : "");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const given = parseMoney(amount, currency);
  const wrong = given === null || given <= 0 || given > left;
  const money = (minor: number) => formatMoney(minor, currency);
  const pay = useAct({
    work: () => {
      const body = { amount_minor: given ?? 0, payment_method: method.trim() };
      return post(`/supplier/claims/${claim.id}/payments`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/supplier/claims"]],
    done: () => t`The provider was told to take ${money(given ?? 0)}`,
    refused: t`Nothing is taken`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Pay back what you owe</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong && method.trim() !== "") pay.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            The escrow provider takes the amount from your payment method, for {titleOf({ title: claim.campaign_title })} (
            {claim.campaign_reference}). It counts as paid once the provider has confirmed it; if the provider cannot take it,
            it stays owed.
          </Trans>
        </p>
        <TextField
          label={t`Amount in ${currency}`}
          inputMode="decimal"
          autoFocus
          needed
          error={wrong ? t`Enter an amount up to ${money(left)}` : undefined}
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
        />
        <TextField
          label={t`Payment method`}
          needed
          maxLength={100}
          hint={standIn ? t`Under the name it has at the provider. The local stand-in knows pm_ok.` : t`Under the name it has at the provider.`}
          value={method}
          onChange={(event) => setMethod(event.target.value)}
        />
        <Facts
          facts={[
            [<Trans key="n">Owed now</Trans>, money(left)],
            [<Trans key="n">Taken by the provider</Trans>, wrong ? "–" : money(given)],
            [<Trans key="n">Owed after that</Trans>, wrong ? "–" : money(left - given)],
          ]}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={pay.isPending} disabled={wrong || method.trim() === ""}>
            {wrong ? <Trans>Pay back</Trans> : <Trans>Pay back {money(given)}</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
