import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Plus, X } from "lucide-react";
import { Controller, useFieldArray, type UseFormReturn } from "react-hook-form";

import { Button, IconButton } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { FormRefusal, TextField } from "@/ui/field";

import type { CampaignValues } from "./form-schema";
import { whyLocked, type Locked } from "./locked-fields";

const most = 10;
const empty = { title: "", per_cent: "", due_at: "", auto_hours: "", is_upfront: false };

/** The plan of shares: all but the last leave escrow before the inspection, on evidence. */
export function MilestonesField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "milestones" });
  const errors = form.formState.errors.milestones;
  const why = whyLocked(locked, "milestones");
  const reads = why !== undefined;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-5 text-12 font-medium">
        <Trans>Milestones</Trans>
      </legend>
      <p className="label mb-8">
        {why ?? <Trans>The last share is what the end of the inspection releases. Together they are 100 %.</Trans>}
      </p>
      <div className="flex flex-col gap-21">
        {fields.map((field, index) => {
          const number = index + 1;
          const wrong = errors?.[index];
          const last = number === fields.length;
          const wire = (name: "title" | "per_cent" | "due_at" | "auto_hours") => ({
            ...form.register(`milestones.${index}.${name}`),
            readOnly: reads,
            error: wrong?.[name]?.message,
          });
          return (
            <div key={field.id} className="flex flex-col gap-13 rounded-8 border border-line p-13">
              <div className="flex items-start gap-8">
                <TextField className="flex-1" label={t`Share ${number}: title`} {...wire("title")} />
                {!reads && (
                  <IconButton label={t`Remove share ${number}`} className="mt-[23px] size-44" onClick={() => remove(index)}>
                    <X size={16} aria-hidden />
                  </IconButton>
                )}
              </div>
              <div className="grid gap-13 sm:grid-cols-2">
                <TextField label={t`Per cent`} inputMode="decimal" {...wire("per_cent")} />
                <TextField label={t`Due`} type="datetime-local" {...wire("due_at")} />
              </div>
              {!last && (
                <TextField
                  label={t`Hours until undisputed evidence counts as approved`}
                  optional={t`optional`}
                  hint={t`Left empty, only persons approve it.`}
                  inputMode="numeric"
                  {...wire("auto_hours")}
                />
              )}
              {index === 0 && !last && (
                <Controller
                  control={form.control}
                  name={`milestones.${index}.is_upfront`}
                  render={({ field: upfront }) => (
                    <Checkbox
                      checked={upfront.value}
                      disabled={reads}
                      onChange={upfront.onChange}
                      label={<Trans>Released upfront, before anything is delivered</Trans>}
                      hint={<Trans>Members read this in the terms; the money may be gone when the supplier does not deliver.</Trans>}
                    />
                  )}
                />
              )}
            </div>
          );
        })}
      </div>
      <FormRefusal message={errors?.root?.message ?? errors?.message} />
      {!reads && fields.length < most && (
        <Button className="mt-8" icon={<Plus size={13} aria-hidden />} onClick={() => append(empty)}>
          <Trans>Add a share</Trans>
        </Button>
      )}
    </fieldset>
  );
}
