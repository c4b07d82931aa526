import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { formatMoney, parseMoney, plainMoney } from "@/kernel/money";
import { fromLocalField, zoneHere } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Proposal } from "./types";

interface TermsDialogProps {
  proposal: Proposal;
  /** The supplier proposes; the organisation answers with other terms. */
  verb: "submit" | "counter";
  refresh: string[][];
  onClose: () => void;
}

export function TermsDialog({ proposal, verb, refresh, onClose }: TermsDialogProps) {
  const { currency } = proposal;
  const proposes = verb === "submit";
  const before = proposal.counter_unit_price_minor ?? proposal.unit_price_minor;
  const [typed, setTyped] = useState({
    units: String(proposal.counter_units_max ?? proposal.units_max ?? ""),
    price: before === null ? "" : plainMoney(before, currency),
    until: "",
    note: "",
  });
  const [refusal, setRefusal] = useState<string>();
  const zone = zoneHere();
  const units = /^[1-9]\d{0,8}$/.test(typed.units) ? Number(typed.units) : null;
  const price = parseMoney(typed.price, currency);
  const ready = units !== null && price !== null && price > 0 && (!proposes || typed.until !== "");
  const wires = (name: keyof typeof typed) => ({
    value: typed[name],
    onChange: (event: { target: { value: string } }) => setTyped({ ...typed, [name]: event.target.value }),
  });
  const send = useAct({
    work: () => {
      const note = typed.note.trim() === "" ? null : typed.note.trim();
      const terms = { units_max: units ?? 0, unit_price_minor: price ?? 0, note };
      if (!proposes) return post<Proposal>(`/proposals/${proposal.id}/counter`, terms);
      return post<Proposal>(`/supplier/proposals/${proposal.id}/submit`, { ...terms, expires_at: fromLocalField(typed.until) });
    },
    refresh,
    done: () => (proposes ? t`Proposed` : t`Answered with other terms`),
    refused: t`Nothing was proposed`,
    onDone: onClose,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Dialog open onClose={onClose} title={proposes ? <Trans>Propose your terms</Trans> : <Trans>Answer with other terms</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) send.mutate();
        }}
      >
        <div className="grid gap-13 sm:grid-cols-2">
          <TextField label={t`Price a unit, ${currency}`} inputMode="decimal" autoFocus {...wires("price")} />
          <TextField label={t`At most units`} inputMode="numeric" {...wires("units")} />
        </div>
        {proposes && <TextField label={t`Stands until`} type="datetime-local" hint={t`In your time zone, ${zone}.`} {...wires("until")} />}
        <TextArea label={t`In words`} optional={t`optional`} maxLength={2000} {...wires("note")} />
        {ready && (
          <p className="text-16 text-pretty">
            <Trans>
              {formatMoney(price, currency)} for each of at most {units.toLocaleString("en-GB")} units. Members never see
              this price. Nobody is bound before the campaign has reached its goal and the supplier has accepted it.
            </Trans>
          </p>
        )}
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={!ready}>
            {proposes ? <Trans>Propose</Trans> : <Trans>Answer</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
