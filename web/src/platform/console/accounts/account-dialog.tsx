import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useWatch } from "react-hook-form";
import * as z from "zod/mini";

import { patch, post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { parseMoney, plainMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Account } from "../types";

const schema = z
  .object({
    name: z.string().check(z.trim(), z.minLength(1, { error: "Give it a name" }), z.maxLength(100)),
    kind: z.enum(["none", "monthly", "annual", "project", "enterprise"]),
    value: z.string().check(z.trim()),
    currency: z.string().check(z.regex(/^[A-Z]{3}$/, { error: "Three letters" })),
    starts_on: z.string(),
    ends_on: z.string(),
  })
  .check(
    z.refine(({ value, currency }) => value === "" || parseMoney(value, currency) !== null, {
      path: ["value"],
      error: "An amount such as 1200.00",
    }),
  );

type Values = z.infer<typeof schema>;

function contractOf(values: Values) {
  const value = values.value === "" ? null : parseMoney(values.value, values.currency);
  return {
    kind: values.kind === "none" ? null : values.kind,
    value_minor: value,
    currency: value === null ? null : values.currency,
    starts_on: values.starts_on === "" ? null : values.starts_on,
    ends_on: values.ends_on === "" ? null : values.ends_on,
  };
}

function valuesOf(account: Account | null): Values {
  const currency = account?.contract_currency ?? "EUR";
  const minor = account?.contract_value_minor ?? null;
  return {
    name: account?.name ?? "",
    kind: (account?.contract_kind ?? "none") as Values["kind"],
    value: minor === null ? "" : plainMoney(minor, currency),
    currency,
    starts_on: account?.contract_starts_on ?? "",
    ends_on: account?.contract_ends_on ?? "",
  };
}

interface AccountDialogProps {
  /** The account to change; null makes a new one. */
  account: Account | null;
  onClose: () => void;
  onMade?: (id: string) => void;
}

export function AccountDialog({ account, onClose, onMade }: AccountDialogProps) {
  const form = useZodForm<Values>(schema, valuesOf(account));
  const { errors } = form.formState;
  const kind = useWatch({ control: form.control, name: "kind" });
  const save = useAct({
    work: (values: Values) => {
      const body = { name: values.name, contract: contractOf(values) };
      return account === null
        ? post<Account>("/admin/accounts", body)
        : patch<Account>(`/admin/accounts/${account.id}`, body, { version: account.version });
    },
    refresh: [["/admin/accounts"]],
    done: ({ name }) => t`Account ${name} saved`,
    refused: t`The account was not saved`,
    onDone: ({ id }) => {
      onClose();
      onMade?.(id);
    },
    onRefused: (problem) => showRefusal(form, problem),
  });
  return (
    <Dialog open onClose={onClose} title={account === null ? <Trans>New client account</Trans> : account.name}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
      >
        <TextField label={t`Name`} autoFocus error={errors.name?.message} {...form.register("name")} />
        <Field label={t`Contract`}>
          {({ id }) => (
            <Select
              id={id}
              value={kind}
              choices={[
                { value: "none", label: t`None` },
                { value: "monthly", label: t`Monthly` },
                { value: "annual", label: t`Annual` },
                { value: "project", label: t`Project` },
                { value: "enterprise", label: t`Enterprise` },
              ]}
              onChange={(next) => form.setValue("kind", next, { shouldDirty: true })}
            />
          )}
        </Field>
        <div className="grid grid-cols-[89px_minmax(0,1fr)] gap-13">
          <TextField label={t`Currency`} maxLength={3} error={errors.currency?.message} {...form.register("currency")} />
          <TextField
            label={t`Value`}
            optional={t`optional`}
            inputMode="decimal"
            error={errors.value?.message}
            {...form.register("value")}
          />
        </div>
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField
            label={t`Starts on`}
            optional={t`optional`}
            type="date"
            error={errors.starts_on?.message}
            {...form.register("starts_on")}
          />
          <TextField
            label={t`Ends on`}
            optional={t`optional`}
            type="date"
            error={errors.ends_on?.message}
            {...form.register("ends_on")}
          />
        </div>
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
