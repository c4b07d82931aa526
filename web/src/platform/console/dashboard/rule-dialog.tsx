import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useWatch } from "react-hook-form";
import * as z from "zod/mini";

import { patch } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { AlertRule } from "../status-types";

const number = z.string().check(z.refine((text) => Number(text) > 0, { error: "A number above 0" }));
const schema = z.object({
  is_enabled: z.boolean(),
  threshold: number,
  clears_below: number,
  for_seconds: z.string().check(z.refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 86_400, { error: "0 to 86400" })),
});

interface RuleDialogProps {
  rule: AlertRule;
  onClose: () => void;
  onSaved: () => void;
}

export function RuleDialog({ rule, onClose, onSaved }: RuleDialogProps) {
  const form = useZodForm(schema, {
    is_enabled: rule.is_enabled,
    threshold: String(rule.threshold),
    clears_below: String(rule.clears_below),
    for_seconds: String(rule.for_seconds),
  });
  const { errors } = form.formState;
  const on = useWatch({ control: form.control, name: "is_enabled" });
  const units: Record<string, string> = { percent: t`percent`, seconds: t`seconds`, ms: t`milliseconds`, count: t`in number` };
  const unit = units[rule.unit] ?? rule.unit;
  const save = useAct({
    work: (values: z.infer<typeof schema>) =>
      patch(
        `/admin/alert-rules/${rule.name}`,
        {
          is_enabled: values.is_enabled,
          threshold: Number(values.threshold),
          clears_below: Number(values.clears_below),
          for_seconds: Number(values.for_seconds),
        },
        { version: rule.version },
      ),
    refresh: [],
    done: () => t`Alert on ${rule.title} saved`,
    refused: t`The alert stays as it was`,
    onDone: () => {
      onSaved();
      onClose();
    },
    onRefused: (problem) => showRefusal(form, problem),
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Alert on {rule.title}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
      >
        <p className="label">{rule.source}</p>
        <Checkbox
          checked={on}
          onChange={(next) => form.setValue("is_enabled", next)}
          label={t`Raise this alert`}
          hint={t`Switched off, a firing alert ends.`}
        />
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField
            label={t`Raised at`}
            hint={unit}
            inputMode="decimal"
            error={errors.threshold?.message}
            {...form.register("threshold")}
          />
          <TextField
            label={t`Ends below`}
            hint={unit}
            inputMode="decimal"
            error={errors.clears_below?.message}
            {...form.register("clears_below")}
          />
        </div>
        <TextField
          label={t`For how long`}
          hint={t`Seconds, both to begin and to end: a short peak raises nothing.`}
          inputMode="numeric"
          error={errors.for_seconds?.message}
          {...form.register("for_seconds")}
        />
        <FormRefusal message={errors.root?.message} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
