import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useWatch } from "react-hook-form";
import * as z from "zod/mini";

import { patch } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { environments, kinds, tiers } from "../tenant-choices";
import type { TenantRecord } from "../types";

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, { error: "Give it a name" }), z.maxLength(100)),
  tier: z.enum(["free", "basic", "pro", "enterprise"]),
  environment: z.enum(["development", "staging", "production"]),
  app_kind: z.enum(["web", "mobile", "desktop", "api"]),
  subdomain: z.string().check(z.trim()),
  custom_domain: z.string().check(z.trim()),
});
type Values = z.infer<typeof schema>;

export function TenantDialog({ tenant, onClose }: { tenant: TenantRecord; onClose: () => void }) {
  const form = useZodForm<Values>(schema, {
    name: tenant.name,
    tier: tenant.tier as Values["tier"],
    environment: tenant.environment as Values["environment"],
    app_kind: tenant.app_kind as Values["app_kind"],
    subdomain: tenant.subdomain ?? "",
    custom_domain: tenant.custom_domain ?? "",
  });
  const { errors } = form.formState;
  const [tier, environment, kind] = useWatch({ control: form.control, name: ["tier", "environment", "app_kind"] });
  const save = useAct({
    work: (values: Values) =>
      patch(
        `/admin/tenants/${tenant.id}`,
        {
          ...values,
          subdomain: values.subdomain === "" ? null : values.subdomain,
          custom_domain: values.custom_domain === "" ? null : values.custom_domain,
        },
        { version: tenant.version },
      ),
    refresh: [["/admin/tenants"]],
    done: (_, { name }) => t`${name} saved`,
    refused: t`${tenant.name} stays as it was`,
    onDone: onClose,
    onRefused: (problem) => showRefusal(form, problem),
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Edit {tenant.name}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
      >
        <TextField label={t`Name`} autoFocus error={errors.name?.message} {...form.register("name")} />
        <div className="grid gap-21 sm:grid-cols-2">
          <Field label={t`Tier`}>
            {({ id }) => <Select id={id} value={tier} choices={tiers()} onChange={(next) => form.setValue("tier", next)} />}
          </Field>
          <Field label={t`Environment`}>
            {({ id }) => (
              <Select
                id={id}
                value={environment}
                choices={environments()}
                onChange={(next) => form.setValue("environment", next)}
              />
            )}
          </Field>
          <Field label={t`Kind`}>
            {({ id }) => (
              <Select id={id} value={kind} choices={kinds()} onChange={(next) => form.setValue("app_kind", next)} />
            )}
          </Field>
        </div>
        <TextField
          label={t`Subdomain`}
          optional={t`optional`}
          hint={t`Noted only: the public pages are at /o/ and the short name.`}
          error={errors.subdomain?.message}
          {...form.register("subdomain")}
        />
        <TextField
          label={t`Domain of its own`}
          optional={t`optional`}
          hint={t`A host name such as shop.example.com. Noted only: let your proxy send it to /o/ and the short name.`}
          error={errors.custom_domain?.message}
          {...form.register("custom_domain")}
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
