import { t } from "@lingui/core/macro";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

import type { CampaignValues } from "./form-schema";
import { whyLocked, type Locked } from "./locked-fields";

/** How the units reach the members. */
export function DeliveryField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "delivery_strategy");
  const strategy = useWatch({ control: form.control, name: "delivery_strategy" });
  return (
    <Field label={t`Delivery`} {...(why === undefined ? {} : { hint: why })}>
      {({ id }) => (
        <Select
          id={id}
          disabled={why !== undefined}
          value={strategy}
          choices={[
            { value: "supplier_direct", label: t`From the supplier to each member` },
            { value: "bulk_to_consolidation", label: t`In bulk to a consolidation point` },
          ]}
          onChange={(next) => form.setValue("delivery_strategy", next, { shouldDirty: true })}
        />
      )}
    </Field>
  );
}
