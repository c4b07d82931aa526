import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useTitle } from "@/kernel/title";
import { TextField } from "@/ui/field";

import { EntryForm, textLink } from "./entry-form";

const schema = z.object({ email: z.email({ error: () => t`Enter your e-mail address` }) });

export function ForgotPage() {
  useTitle(t`Forgotten password`);
  const navigate = useNavigate();
  const form = useZodForm(schema, { email: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ email }) => {
    try {
      await post("/auth/forgot-password", { email });
      await navigate({ to: "/check-your-mail", search: { email }, state: { mail: "reset" } });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <EntryForm
      title={<Trans>Forgotten password</Trans>}
      intro={<Trans>A link to set a new one comes by mail. Setting it ends every open session.</Trans>}
      refusal={errors.root?.message}
      busy={isSubmitting}
      send={<Trans>E-mail me a link</Trans>}
      onSubmit={send}
      below={
        <Link to="/sign-in" className={textLink}>
          <Trans>Back to signing in</Trans>
        </Link>
      }
    >
      <TextField
        label={t`E-mail`}
        type="email"
        autoComplete="username"
        autoFocus
        error={errors.email?.message}
        {...form.register("email")}
      />
    </EntryForm>
  );
}
