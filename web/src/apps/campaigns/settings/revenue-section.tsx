import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { RevenueChoices } from "./choices";
import { revenues } from "./choices";

const path = "/campaign-settings";

const wholeUpTo = (text: string, most: number) => (/^\d{1,7}$/.test(text) && Number(text) <= most ? Number(text) : null);
/** Per cent with two decimals as basis points, up to 50 %. */
const basisPoints = (text: string) => (/^\d{1,2}(\.\d{1,2})?$/.test(text) && Number(text) <= 50 ? Math.round(Number(text) * 100) : null);

/** What the organisation earns of a release, and how long payments may still arrive after the close. */
export function RevenueSection({ settings }: { settings: RevenueChoices }) {
  const [revenue, setRevenue] = useState(settings.revenue);
  const [share, setShare] = useState(String(settings.fee_basis_points / 100));
  const [fixed, setFixed] = useState(String(settings.fee_fixed_minor));
  const [tax, setTax] = useState(String(settings.fee_tax_basis_points / 100));
  const [hours, setHours] = useState(String(Math.round(settings.collection_window_seconds / 3600)));
  const [refusal, setRefusal] = useState<string>();
  const values = {
    fee_basis_points: basisPoints(share),
    fee_fixed_minor: wholeUpTo(fixed, 1_000_000),
    fee_tax_basis_points: basisPoints(tax),
  };
  const window_ = wholeUpTo(hours, 336);
  const fits = window_ !== null && Object.values(values).every((value) => value !== null);
  const save = useAct({
    work: () => patch(path, { revenue, ...values, collection_window_seconds: (window_ ?? 0) * 3600 }),
    refresh: [[path]],
    done: () => t`Income and collection saved`,
    refused: t`They stay as they were`,
    onDone: () => setRefusal(undefined),
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  const percent = t`Enter a percentage from 0 to 50`;
  return (
    <Section title={<Trans>Income and collection</Trans>} hint={<Trans>Members see the campaign&rsquo;s price only, and suppliers their own.</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (fits) save.mutate();
        }}
      >
        <Field label={t`What this organisation earns`} hint={t`It is booked with each release, never before.`}>
          {({ id }) => <Select id={id} value={revenue} choices={revenues()} onChange={setRevenue} />}
        </Field>
        {revenue === "fee" && (
          <div className="grid gap-21 sm:grid-cols-3">
            <TextField
              label={t`Fee, in %`}
              hint={t`Of what is released.`}
              inputMode="decimal"
              value={share}
              {...(values.fee_basis_points === null ? { error: percent } : {})}
              onChange={(event) => setShare(event.target.value)}
            />
            <TextField
              label={t`Fixed part`}
              hint={t`In the smallest unit: 50 is €0.50.`}
              inputMode="numeric"
              value={fixed}
              {...(values.fee_fixed_minor === null ? { error: t`Enter a whole number from 0 to 1,000,000` } : {})}
              onChange={(event) => setFixed(event.target.value)}
            />
            <TextField
              label={t`Tax on the fee, in %`}
              hint={t`Kept apart as due.`}
              inputMode="decimal"
              value={tax}
              {...(values.fee_tax_basis_points === null ? { error: percent } : {})}
              onChange={(event) => setTax(event.target.value)}
            />
          </div>
        )}
        <TextField
          label={t`Hours in which last payments may arrive after the close`}
          hint={t`Then what is in escrow decides, whatever is still under way.`}
          inputMode="numeric"
          className="sm:w-1/2"
          value={hours}
          {...(window_ === null ? { error: t`Enter a whole number of hours from 0 to 336` } : {})}
          onChange={(event) => setHours(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <Button size="normal" type="submit" className="self-start" busy={save.isPending} disabled={!fits}>
          <Trans>Save income and collection</Trans>
        </Button>
      </form>
    </Section>
  );
}
