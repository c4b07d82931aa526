import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { CampaignChoices } from "./choices";
import { chosenFrom, disclosures, pricings, withdrawals } from "./choices";

const path = "/campaign-settings";
const within = (text: string, most: number) => /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= most;

/** What members are shown, how prices work, how one gets out: choices the terms then hold. */
export function ChoicesSection({ settings }: { settings: CampaignChoices }) {
  const [chosen, setChosen] = useState(() => chosenFrom(settings));
  const [refusal, setRefusal] = useState<string>();
  const change = (part: Partial<typeof chosen>) => setChosen({ ...chosen, ...part });
  const noticeFits = within(chosen.notice_answer_days, 60);
  const retryFits = within(chosen.charge_retry_days, 14);
  const save = useAct({
    work: () =>
      patch(path, {
        ...chosen,
        notice_answer_days: Number(chosen.notice_answer_days),
        charge_retry_days: Number(chosen.charge_retry_days),
      }),
    refresh: [[path]],
    done: () => t`Choices saved`,
    refused: t`The choices stay as they were`,
    onDone: () => setRefusal(undefined),
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Section title={<Trans>What members see and may do</Trans>} hint={<Trans>Each campaign keeps what held when it was submitted.</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (noticeFits && retryFits) save.mutate();
        }}
      >
        <Field label={t`Progress on the public page`}>
          {({ id }) => (
            <Select id={id} value={chosen.disclosure} choices={disclosures()} onChange={(disclosure) => change({ disclosure })} />
          )}
        </Field>
        <Field label={t`Prices`}>
          {({ id }) => <Select id={id} value={chosen.pricing} choices={pricings()} onChange={(pricing) => change({ pricing })} />}
        </Field>
        <Field label={t`Withdrawing`} hint={t`The refund is always in full. The join step states the rule.`}>
          {({ id }) => (
            <Select id={id} value={chosen.withdraw} choices={withdrawals()} onChange={(withdraw) => change({ withdraw })} />
          )}
        </Field>
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField
            label={t`Days to answer a notice`}
            inputMode="numeric"
            value={chosen.notice_answer_days}
            {...(noticeFits ? {} : { error: t`Enter a whole number of days from 1 to 60` })}
            onChange={(event) => change({ notice_answer_days: event.target.value })}
          />
          <TextField
            label={t`Days a refused collection is tried again`}
            hint={t`Only where money is taken after the close.`}
            inputMode="numeric"
            value={chosen.charge_retry_days}
            {...(retryFits ? {} : { error: t`Enter a whole number of days from 1 to 14` })}
            onChange={(event) => change({ charge_retry_days: event.target.value })}
          />
        </div>
        <Checkbox
          checked={chosen.public_discovery}
          onChange={(public_discovery) => change({ public_discovery })}
          label={<Trans>Public discovery</Trans>}
          hint={<Trans>Published campaigns may be found by people who were not given their address.</Trans>}
        />
        <FormRefusal message={refusal} />
        <Button size="normal" type="submit" className="self-start" busy={save.isPending} disabled={!noticeFits || !retryFits}>
          <Trans>Save these choices</Trans>
        </Button>
      </form>
    </Section>
  );
}
