import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useTitle } from "@/kernel/title";
import { TextField } from "@/ui/field";
import { say } from "@/ui/toast";

import { EntryForm, textLink } from "./entry-form";
import { useFragmentToken } from "./token-page";

const schema = z.object({
  new_password: z.string().check(z.minLength(12, { error: () => t`Use at least 12 characters` })),
});

export function ResetPage() {
  useTitle(t`New password`);
  const token = useFragmentToken();
  const navigate = useNavigate();
  const form = useZodForm(schema, { new_password: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ new_password }) => {
    try {
      await post("/auth/reset-password", { token: token ?? "", new_password });
      say({ title: t`Password set`, detail: t`Sign in with it now.` });
      await navigate({ to: "/sign-in" });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <EntryForm
      title={<Trans>New password</Trans>}
      refusal={token === null ? t`The link is incomplete: its last part is missing.` : errors.root?.message}
      busy={isSubmitting}
      send={<Trans>Set password</Trans>}
      onSubmit={send}
      below={
        <Link to="/forgot-password" className={textLink}>
          <Trans>Ask for a new link</Trans>
        </Link>
      }
    >
      <TextField
        label={t`New password`}
        type="password"
        autoComplete="new-password"
        hint={t`At least 12 characters. Known leaked passwords are refused.`}
        autoFocus
        error={errors.new_password?.message}
        {...form.register("new_password")}
      />
    </EntryForm>
  );
}
