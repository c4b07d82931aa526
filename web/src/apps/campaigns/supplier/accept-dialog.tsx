import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import type { SupplierCampaign } from "../types";

/** All of what is held, or fewer units: then every member is asked first. */
export function AcceptDialog({ campaign, onClose }: { campaign: SupplierCampaign; onClose: () => void }) {
  const [how, setHow] = useState<"all" | "part">("all");
  const [typed, setTyped] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const title = titleOf(campaign);
  const most = (campaign.units ?? 1) - 1;
  const least = campaign.min_accept_units ?? 1;
  const units = /^\d{1,9}$/.test(typed) ? Number(typed) : null;
  const fits = units !== null && units >= least && units <= most;
  const price = campaign.supplier_unit_price_minor;
  const accept = useAct({
    work: () => {
      const body = how === "all" ? {} : { units };
      return post(`/supplier/campaigns/${campaign.id}/accept`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/supplier/campaigns"]],
    done: () => (how === "all" ? t`${title} accepted` : t`A part accepted; the members are asked`),
    refused: t`Nothing was decided`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Accept {title}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (how === "all" || fits) accept.mutate();
        }}
      >
        {most >= least && (
          <Field label={t`What you accept`}>
            {({ id }) => (
              <Select<"all" | "part">
                id={id}
                value={how}
                choices={[
                  { value: "all", label: t`All units` },
                  { value: "part", label: t`Fewer units` },
                ]}
                onChange={setHow}
              />
            )}
          </Field>
        )}
        {how === "part" && (
          <TextField
            label={t`Units you accept`}
            inputMode="numeric"
            autoFocus
            hint={t`From ${least} to ${most}; the terms name the least.`}
            value={typed}
            error={typed === "" || fits ? undefined : t`Enter a number from ${least} to ${most}`}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <p className="text-16 text-pretty">
          <Trans>
            You take on the duty to deliver as specified, at your stated price. The escrow is released to you after
            delivery is confirmed and the inspection time has passed.
          </Trans>
        </p>
        {how === "part" && (
          <p className="text-16 text-pretty">
            <Trans>
              Every member is shown the calculation and asked first. Who does not agree is refunded in full, and so is
              everybody when too few agree. You cannot change the number afterwards.
            </Trans>
          </p>
        )}
        {how === "part" && fits && price !== null && (
          <p className="text-16">
            <Plural value={units} one="For # unit you receive" other="For # units you receive" />{" "}
            <strong>{formatMoney(units * price, campaign.currency)}</strong>.
          </p>
        )}
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={accept.isPending} disabled={how === "part" && !fits}>
            {how === "part" && fits ? <Plural value={units} one="Accept # unit" other="Accept # units" /> : <Trans>Accept</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** The supplier has answered; what is awaited now is the members' agreement. */
export function MembersAsked({ campaign }: { campaign: SupplierCampaign }) {
  const { accepted_units: accepted, consent_until: until } = campaign;
  if (campaign.state !== "awaiting_supplier" || accepted === null || until === null) return null;
  return (
    <p className="mt-13 rounded-5 bg-info-soft p-13 text-16 text-pretty">
      <Plural value={accepted} one="You accepted # unit." other="You accepted # units." />{" "}
      <Trans>The members are asked to agree until {formatInstant(until)}; nothing is yours to do meanwhile.</Trans>
    </p>
  );
}
