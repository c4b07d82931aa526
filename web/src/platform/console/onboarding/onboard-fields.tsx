import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { Checkbox } from "@/ui/checkbox";
import { Field, TextField } from "@/ui/field";
import { Select, type Choice } from "@/ui/select";

import { environments, kinds, tiers } from "../tenant-choices";
import type { Account } from "../types";
import { newAccount, noAccount, type OnboardValues } from "./onboard-schema";

function Part({ title, hint, children }: { title: ReactNode; hint: ReactNode; children: ReactNode }) {
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-13 border-b border-line py-34 first-of-type:pt-0 last-of-type:border-0 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)] md:gap-34">
      <div>
        <h2 className="text-16 font-semibold">{title}</h2>
        <p className="label mt-3">{hint}</p>
      </div>
      <div className="flex flex-col gap-21">{children}</div>
    </section>
  );
}

interface PickProps<Value extends string> {
  label: string;
  value: Value;
  choices: Choice<Value>[];
  onChange: (value: Value) => void;
}

function Pick<Value extends string>({ label, value, choices, onChange }: PickProps<Value>) {
  return <Field label={label}>{({ id }) => <Select id={id} value={value} choices={choices} onChange={onChange} />}</Field>;
}

interface OnboardFieldsProps {
  form: UseFormReturn<OnboardValues>;
  accounts: readonly Account[];
}

export function OnboardFields({ form, accounts }: OnboardFieldsProps) {
  const { errors } = form.formState;
  const values = useWatch({ control: form.control }) as OnboardValues;
  const wire = (name: keyof OnboardValues) => ({ ...form.register(name), error: errors[name]?.message });
  return (
    <>
      <Part title={<Trans>Whose it is</Trans>} hint={<Trans>A client account gathers a customer&rsquo;s tenants.</Trans>}>
        <Pick
          label={t`Client account`}
          value={values.account_id}
          choices={[
            { value: noAccount, label: t`None: internal` },
            { value: newAccount, label: t`A new account` },
            ...accounts.map((account) => ({ value: account.id, label: account.name })),
          ]}
          onChange={(next) => form.setValue("account_id", next)}
        />
        {values.account_id === newAccount && (
          <TextField
            label={t`Name of the account`}
            hint={t`Left empty, it is called as the tenant.`}
            {...wire("account_name")}
          />
        )}
      </Part>
      <Part title={<Trans>The tenant</Trans>} hint={<Trans>Everything here can be changed later.</Trans>}>
        <TextField label={t`Name`} autoFocus {...wire("name")} />
        <TextField
          label={t`Short name`}
          optional={t`optional`}
          hint={t`Stands in addresses; left empty it is made from the name.`}
          {...wire("slug")}
        />
        <div className="grid gap-21 sm:grid-cols-2">
          <Pick
            label={t`Tier`}
            value={values.tier}
            choices={tiers()}
            onChange={(next) => form.setValue("tier", next)}
          />
          <Pick
            label={t`Environment`}
            value={values.environment}
            choices={environments()}
            onChange={(next) => form.setValue("environment", next)}
          />
          <Pick
            label={t`Kind`}
            value={values.app_kind}
            choices={kinds()}
            onChange={(next) => form.setValue("app_kind", next)}
          />
          <Pick
            label={t`Database`}
            value={values.placement}
            choices={[
              { value: "pooled", label: t`Shared` },
              { value: "dedicated", label: t`Its own` },
            ]}
            onChange={(next) => form.setValue("placement", next)}
          />
          <Pick
            label={t`Colours`}
            value={values.preset}
            choices={[
              { value: "gold", label: t`Gold` },
              { value: "green", label: t`Green` },
              { value: "red", label: t`Red` },
              { value: "blue", label: t`Blue` },
              { value: "grey", label: t`Grey` },
            ]}
            onChange={(next) => form.setValue("preset", next)}
          />
        </div>
        <Checkbox
          checked={values.is_sandbox}
          onChange={(next) => form.setValue("is_sandbox", next)}
          label={t`Sandbox`}
          hint={t`Has a clock of its own that can be advanced.`}
        />
      </Part>
      <Part
        title={<Trans>The first owner</Trans>}
        hint={<Trans>Gets a welcome mail, and two follow-ups after a day and a week.</Trans>}
      >
        <TextField label={t`E-mail`} type="email" {...wire("email")} />
        <TextField label={t`Their name`} {...wire("display_name")} />
      </Part>
      <Part
        title={<Trans>The first program</Trans>}
        hint={<Trans>Gets an API key, which you can show once when the last step is done.</Trans>}
      >
        <TextField label={t`Application`} {...wire("application_name")} />
      </Part>
    </>
  );
}
