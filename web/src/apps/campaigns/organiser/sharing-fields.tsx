import { t } from "@lingui/core/macro";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { CampaignValues } from "./form-schema";
import { lockOf, whyLocked, type Locked } from "./locked-fields";

/** What holds when the supplier accepts fewer units than members committed. */
export function SharingFields({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const rule = useWatch({ control: form.control, name: "oversub_rule" });
  const why = whyLocked(locked, "oversub_rule");
  const { errors } = form.formState;
  return (
    <div className="grid gap-21 sm:grid-cols-2">
      <TextField
        label={t`Least units the supplier may accept`}
        optional={t`optional`}
        inputMode="numeric"
        hint={t`Never above the goal. Of a part every member is asked first.`}
        error={errors.min_accept_units?.message}
        {...form.register("min_accept_units")}
        {...lockOf(locked, "min_accept_units")}
      />
      <Field label={t`How a part is shared`} hint={why ?? t`The terms name the rule.`} error={errors.oversub_rule?.message}>
        {({ id }) => (
          <Select<CampaignValues["oversub_rule"]>
            id={id}
            disabled={why !== undefined}
            value={rule}
            choices={[
              { value: "fcfs", label: t`By the time of commitment` },
              { value: "pro_rata", label: t`In proportion to the units` },
              { value: "lottery", label: t`By lot, with a seed that can be checked` },
            ]}
            onChange={(next) => form.setValue("oversub_rule", next, { shouldDirty: true })}
          />
        )}
      </Field>
    </div>
  );
}
