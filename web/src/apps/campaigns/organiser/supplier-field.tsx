import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { useWatch, type UseFormReturn } from "react-hook-form";

import type { Member, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { CampaignValues } from "./form-schema";
import { lockOf, whyLocked, type Locked } from "./locked-fields";

/** Chosen among the members; who may not list them enters the supplier's user id. */
export function SupplierField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "supplier_id");
  const chosen = useWatch({ control: form.control, name: "supplier_id" });
  const error = form.formState.errors.supplier_id?.message;
  const { data, isError } = useQuery({
    queryKey: ["/members", "all"],
    queryFn: ({ signal }) => get<Page<Member>>("/members", { signal, query: { limit: 100 } }),
    retry: false,
  });
  if (isError) {
    return <TextField label={t`Supplier’s user id`} error={error} {...form.register("supplier_id")} {...lockOf(locked, "supplier_id")} />;
  }
  const members = data?.items ?? [];
  const choices = [
    { value: "", label: t`Not chosen yet` },
    ...members.map(({ user_id, display_name, email }) => ({
      value: user_id,
      label: [display_name, email].filter((part) => part !== null).join(" · "),
    })),
  ];
  return (
    <Field label={t`Supplier`} hint={why ?? t`A member of this organisation.`} {...(error === undefined ? {} : { error })}>
      {({ id }) => (
        <Select
          id={id}
          disabled={why !== undefined}
          value={choices.some((choice) => choice.value === chosen) ? chosen : ""}
          choices={choices}
          onChange={(next) => form.setValue("supplier_id", next, { shouldDirty: true })}
        />
      )}
    </Field>
  );
}
