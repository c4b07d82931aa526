import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { useFieldArray, type UseFormReturn } from "react-hook-form";

import { Button, IconButton } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";

import type { CampaignValues } from "./form-schema";
import { whyLocked, type Locked } from "./locked-fields";

const most = 10;

/** The ladder: from so many units of all members together, everybody's final price is this. */
export function TiersField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "tiers");
  const reads = why !== undefined;
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "tiers" });
  const errors = form.formState.errors.tiers;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-5 text-12 font-medium">
        <Trans>Ladder of prices</Trans>
      </legend>
      <p className="label mb-8">
        {why ?? <Trans>Only where the organisation's rules allow one. Each step begins above the goal and the step before.</Trans>}
      </p>
      <div className="flex flex-col gap-13">
        {fields.map((field, index) => {
          const number = index + 1;
          return (
            <div key={field.id} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_44px] items-start gap-8">
              <TextField
                label={t`Step ${number}: from units`}
                inputMode="numeric"
                error={errors?.[index]?.min_units?.message}
                readOnly={reads}
                {...form.register(`tiers.${index}.min_units`)}
              />
              <TextField
                label={t`Price a unit`}
                inputMode="decimal"
                error={errors?.[index]?.unit_price?.message}
                readOnly={reads}
                {...form.register(`tiers.${index}.unit_price`)}
              />
              {!reads && (
                <IconButton label={t`Remove step ${number}`} className="mt-[31px] size-44" onClick={() => remove(index)}>
                  <X size={16} aria-hidden />
                </IconButton>
              )}
            </div>
          );
        })}
      </div>
      <FormRefusal message={errors?.message ?? errors?.root?.message} />
      {!reads && fields.length < most && (
        <Button className="mt-8" icon={<Plus size={13} aria-hidden />} onClick={() => append({ min_units: "", unit_price: "" })}>
          <Trans>Add a step</Trans>
        </Button>
      )}
    </fieldset>
  );
}
