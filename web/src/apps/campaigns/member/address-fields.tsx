import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMemo } from "react";

import type { Problem } from "@/kernel/problem";
import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import { countries, type Address } from "./address";

interface AddressFieldsProps {
  address: Address;
  /** The server's refusal, whose fields are marked here. */
  refusal: Problem | null;
  onChange: (address: Address) => void;
}

export function AddressFields({ address, refusal, onChange }: AddressFieldsProps) {
  const choices = useMemo(() => [{ value: "", label: t`Choose a country` }, ...countries()], []);
  const wires = (name: keyof Address) => ({
    value: address[name],
    error: refusal?.errors.find(({ field }) => field === `body.delivery.${name}`)?.hint ?? undefined,
    onChange: (event: { target: { value: string } }) => onChange({ ...address, [name]: event.target.value }),
  });
  return (
    <fieldset className="flex flex-col gap-13">
      <legend className="mb-5 text-16 font-semibold">
        <Trans>Where your units are delivered</Trans>
      </legend>
      <p className="text-16 text-pretty text-muted">
        <Trans>The supplier delivers to each member. The address is kept beside your commitment and used for this delivery only.</Trans>
      </p>
      <TextField label={t`Recipient`} autoComplete="name" maxLength={200} {...wires("recipient")} />
      <TextField label={t`Street and number`} autoComplete="street-address" maxLength={200} {...wires("street")} />
      <div className="grid gap-13 sm:grid-cols-[144px_1fr]">
        <TextField label={t`Postal code`} autoComplete="postal-code" maxLength={20} {...wires("postal_code")} />
        <TextField label={t`City`} autoComplete="address-level2" maxLength={200} {...wires("city")} />
      </div>
      <Field label={t`Country`} error={wires("country").error}>
        {({ id }) => (
          <Select id={id} choices={choices} value={address.country} onChange={(country) => onChange({ ...address, country })} />
        )}
      </Field>
    </fieldset>
  );
}
