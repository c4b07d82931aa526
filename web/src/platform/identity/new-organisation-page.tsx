import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useWatch } from "react-hook-form";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useMe } from "@/kernel/me";
import { switchOrganisation } from "@/kernel/session";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { FormRefusal, TextField } from "@/ui/field";
import { PageHead } from "@/ui/page";

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(2, { error: () => t`Enter a name` }), z.maxLength(120)),
  slug: z.string().check(
    z.regex(/^$|^[a-z0-9](?:[a-z0-9-]{1,46}[a-z0-9])$/, { error: () => t`Use 3 to 48 small letters, digits or hyphens` }),
  ),
  is_sandbox: z.boolean(),
});

export function NewOrganisationPage() {
  useTitle(t`New organisation`);
  const navigate = useNavigate();
  // A clock that is moved on goes with simulated money only; the server refuses it else.
  const offersSandbox = useMe()?.twins.some(({ name }) => name === "payments") === true;
  const form = useZodForm(schema, { name: "", slug: "", is_sandbox: false });
  const { errors, isSubmitting } = form.formState;
  const isSandbox = useWatch({ control: form.control, name: "is_sandbox" });
  const send = form.handleSubmit(async ({ slug, ...rest }) => {
    try {
      const made = await post<{ id: string }>("/organisations", slug === "" ? rest : { ...rest, slug });
      await switchOrganisation(made.id);
      await navigate({ to: "/", replace: true });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <div className="max-w-618">
      <PageHead title={<Trans>New organisation</Trans>} below={<Trans>You become its first owner.</Trans>} />
      <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-21">
        <TextField label={t`Name`} autoFocus error={errors.name?.message} {...form.register("name")} />
        <TextField
          label={t`Short name in addresses`}
          optional={t`optional`}
          hint={t`Public campaign pages stand under /o/short-name. Derived from the name when empty.`}
          error={errors.slug?.message}
          {...form.register("slug")}
        />
        {offersSandbox && (
          <Checkbox
            checked={isSandbox}
            onChange={(next) => form.setValue("is_sandbox", next)}
            label={t`A sandbox, to try things`}
            hint={t`Its money is simulated, and its clock can be moved on: deadlines of weeks end in minutes. It stays a sandbox.`}
          />
        )}
        <FormRefusal message={errors.root?.message} />
        <Button tone="primary" size="normal" type="submit" busy={isSubmitting} className="self-start">
          <Trans>Create organisation</Trans>
        </Button>
      </form>
    </div>
  );
}
