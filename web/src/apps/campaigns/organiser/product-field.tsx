import { t } from "@lingui/core/macro";
import { useWatch, type UseFormReturn } from "react-hook-form";

import { useKeysetList } from "@/kernel/list";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

import type { CampaignValues } from "./form-schema";
import { whyLocked, type Locked } from "./locked-fields";
import type { ProductItem } from "./product-types";

/** A product the organisation keeps: choosing it fills the fields below, which may differ from it. */
export function ProductField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const chosen = useWatch({ control: form.control, name: "product_id" });
  const { rows } = useKeysetList<ProductItem>("/campaign-products", {});
  const usable = rows.filter(({ id, archived_at: archived }) => archived === null || id === chosen);
  const why = whyLocked(locked, "product_id");
  if (usable.length === 0) return null;
  const choose = (id: string) => {
    const touched = { shouldDirty: true };
    form.setValue("product_id", id, touched);
    const product = usable.find((each) => each.id === id);
    if (product === undefined) return;
    form.setValue("product_sku", product.sku, touched);
    form.setValue("product_name", product.name, touched);
    form.setValue("product_description", product.description ?? "", touched);
  };
  return (
    <Field
      label={t`Take it from the products`}
      optional={t`optional`}
      hint={why ?? t`What is published stays as it is when the product changes later.`}
      error={form.formState.errors.product_id?.message}
    >
      {({ id }) => (
        <Select
          id={id}
          disabled={why !== undefined}
          value={usable.some((product) => product.id === chosen) ? chosen : ""}
          choices={[
            { value: "", label: t`None of them` },
            ...usable.map((product) => ({ value: product.id, label: `${product.name} · ${product.sku}` })),
          ]}
          onChange={choose}
        />
      )}
    </Field>
  );
}
