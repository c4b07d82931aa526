import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Landmark } from "lucide-react";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { ReleaseChoices } from "./choices";
import { releasePolicies } from "./choices";

const path = "/campaign-settings";

/** How escrow leaves: in one release or in shares, by two people or by itself. */
export function ReleaseSection({ settings }: { settings: ReleaseChoices }) {
  const [policy, setPolicy] = useState(settings.release_policy);
  const [auto, setAuto] = useState(settings.auto_payout);
  const [counters, setCounters] = useState(settings.counter_proposals);
  const [verified, setVerified] = useState(settings.supplier_verification);
  const [hours, setHours] = useState(String(settings.consent_hours));
  const [refusal, setRefusal] = useState<string>();
  const fits = /^\d{1,3}$/.test(hours) && Number(hours) >= 1 && Number(hours) <= 336;
  const save = useAct({
    work: () =>
      patch(path, {
        release_policy: policy,
        auto_payout: auto,
        counter_proposals: counters,
        supplier_verification: verified,
        consent_hours: Number(hours),
      }),
    refresh: [[path]],
    done: () => t`Rules of the release saved`,
    refused: t`The rules stay as they were`,
    onDone: () => setRefusal(undefined),
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Section title={<Trans>How escrow is released</Trans>} hint={<Trans>Each campaign keeps what its terms said when it was submitted.</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) save.mutate();
        }}
      >
        <Field label={t`Release`} hint={t`A share before the delivery is named in the terms and in the join step.`}>
          {({ id }) => <Select id={id} value={policy} choices={releasePolicies()} onChange={setPolicy} />}
        </Field>
        <TextField
          label={t`Hours a member has to answer when the supplier accepts a part`}
          hint={t`They lie inside the supplier's days. Silence is a full refund.`}
          inputMode="numeric"
          className="sm:w-1/2"
          value={hours}
          {...(fits ? {} : { error: t`Enter a whole number of hours from 1 to 336` })}
          onChange={(event) => setHours(event.target.value)}
        />
        <Checkbox
          checked={auto}
          onChange={setAuto}
          label={<Trans>Release and pay by itself when the inspection has ended</Trans>}
          hint={<Trans>Off: when the inspection has ended the rules ask for the release, and two different people approve it, neither its organiser nor its supplier.</Trans>}
        />
        {auto !== settings.auto_payout && (
          <p className="flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-16 text-pretty text-ink">
            <Landmark size={16} aria-hidden className="mt-5 shrink-0" />
            {auto ? (
              <Trans>
                From now on nobody looks at a release before the money goes to the supplier. Open issues still hold
                their commitments back, too many hold back all, and a gap in what the provider holds stops it.
              </Trans>
            ) : (
              <Trans>From now on escrow waits after each inspection until two people have approved its release.</Trans>
            )}
          </p>
        )}
        <Checkbox
          checked={verified}
          onChange={setVerified}
          label={<Trans>Release to verified suppliers only</Trans>}
          hint={<Trans>On: somebody of finance says who each supplier is, under Payments to suppliers, and releases wait until then. Members&rsquo; refunds never wait.</Trans>}
        />
        <Checkbox
          checked={counters}
          onChange={setCounters}
          label={<Trans>Answer a supplier&rsquo;s proposal with other terms</Trans>}
          hint={<Trans>Off: a proposal is accepted or declined as it is.</Trans>}
        />
        <FormRefusal message={refusal} />
        <Button size="normal" type="submit" className="self-start" busy={save.isPending} disabled={!fits}>
          <Trans>Save the release rules</Trans>
        </Button>
      </form>
    </Section>
  );
}
