import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { formatMoney, parseMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

interface BondDialogProps {
  /** The currency in which a gap, or the most, is held. */
  currency: string;
  onClose: () => void;
}

/** The amount, whose method it is and what it is for, before the provider is told. */
export function BondDialog({ currency: usual, onClose }: BondDialogProps) {
  const standIn = useMe()?.twins.some(({ name }) => name.startsWith("payments")) === true;
  const [currency, setCurrency] = useState(usual);
  const [amount, setAmount] = useState("");
  const [method, setMethod] = useState(standIn ? "pm_ok" : "");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const known = /^[A-Z]{3}$/.test(currency);
  const minor = known ? parseMoney(amount, currency) : null;
  const ready = minor !== null && minor > 0 && method.trim() !== "";
  const shown = minor === null ? "" : formatMoney(minor, currency);
  const pay = useAct({
    work: () => {
      const body = { amount_minor: minor ?? 0, currency, payment_method: method.trim() };
      return post("/campaign-bond/payments", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/campaign-bond/payments"], ["/campaign-coverage"]],
    done: () => t`The provider was told to take ${shown}`,
    refused: t`Nothing is taken`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Pay into the bond</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) pay.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            The provider takes the amount from this organisation&rsquo;s own payment method and holds it. Fees and lost
            disputes are borne out of it, so that none falls on a member.
          </Trans>
        </p>
        <div className="grid gap-21 sm:grid-cols-[minmax(0,1.618fr)_minmax(0,1fr)]">
          <TextField label={t`Amount`} inputMode="decimal" autoFocus needed value={amount} onChange={(event) => setAmount(event.target.value)} />
          <TextField
            label={t`Currency`}
            needed
            maxLength={3}
            {...(known ? {} : { error: t`Three letters, e.g. EUR` })}
            value={currency}
            onChange={(event) => setCurrency(event.target.value.toUpperCase())}
          />
        </div>
        <TextField
          label={t`Payment method`}
          needed
          maxLength={100}
          hint={standIn ? t`Under the name it has at the provider. The local stand-in knows pm_ok.` : t`Under the name it has at the provider.`}
          value={method}
          onChange={(event) => setMethod(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={pay.isPending} disabled={!ready}>
            {ready ? <Trans>Pay in {shown}</Trans> : <Trans>Pay in</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
