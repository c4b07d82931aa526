import { t } from "@lingui/core/macro";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

import type { FundingMode } from "../types";
import type { CampaignValues } from "./form-schema";
import { fundingWord } from "./funding-word";
import { whyLocked, type Locked } from "./locked-fields";

const modes: readonly FundingMode[] = ["escrow_capture", "auth_hold", "charge_on_success"];

export function FundingField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "funding_mode");
  const mode = useWatch({ control: form.control, name: "funding_mode" });
  return (
    <Field
      label={t`When members' money is locked`}
      hint={why ?? t`A reservation lasts seven days at most: deadline and the supplier's answer must fit into them.`}
      error={form.formState.errors.funding_mode?.message}
    >
      {({ id }) => (
        <Select
          id={id}
          disabled={why !== undefined}
          value={mode}
          choices={modes.map((value) => ({ value, label: fundingWord(value) }))}
          onChange={(next) => form.setValue("funding_mode", next, { shouldDirty: true })}
        />
      )}
    </Field>
  );
}
