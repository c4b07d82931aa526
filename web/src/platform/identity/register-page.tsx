import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useTitle } from "@/kernel/title";
import { TextField } from "@/ui/field";

import { EntryForm, textLink } from "./entry-form";

const route = getRouteApi("/entry/register");

const schema = z.object({
  display_name: z.string().check(z.trim(), z.minLength(1, { error: () => t`Enter your name` })),
  email: z.email({ error: () => t`Enter your e-mail address` }),
  organisation_name: z.string().check(z.trim(), z.maxLength(120)),
  password: z.string().check(z.refine((value) => value === "" || value.length >= 12, {
    error: () => t`Use at least 12 characters, or leave it empty`,
  })),
});

const given = (value: string) => (value === "" ? undefined : value);

export function RegisterPage() {
  useTitle(t`Create an account`);
  const navigate = useNavigate();
  const { return_to } = route.useSearch();
  const form = useZodForm(schema, { display_name: "", email: "", organisation_name: "", password: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ email, display_name, ...chosen }) => {
    try {
      const organisation_name = given(chosen.organisation_name);
      const password = given(chosen.password);
      await post("/auth/register", { email, display_name, organisation_name, password, return_to });
      await navigate({ to: "/check-your-mail", search: { email }, state: { mail: "confirm" } });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <EntryForm
      title={<Trans>Create an account</Trans>}
      refusal={errors.root?.message}
      busy={isSubmitting}
      send={<Trans>Create account</Trans>}
      onSubmit={send}
      below={
        <p className="text-center text-muted">
          <Trans>
            Already registered?{" "}
            <Link to="/sign-in" className={textLink}>
              Sign in
            </Link>
          </Trans>
        </p>
      }
    >
      <TextField
        label={t`Your name`}
        autoComplete="name"
        autoFocus
        error={errors.display_name?.message}
        {...form.register("display_name")}
      />
      <TextField
        label={t`E-mail`}
        type="email"
        autoComplete="email"
        error={errors.email?.message}
        {...form.register("email")}
      />
      <TextField
        label={t`Organisation`}
        optional={t`optional`}
        hint={t`Creates an organisation of your own. Leave it empty to join campaigns or to accept an invitation.`}
        autoComplete="organization"
        error={errors.organisation_name?.message}
        {...form.register("organisation_name")}
      />
      <TextField
        label={t`Password`}
        optional={t`optional`}
        hint={t`Not needed: a mailed link or a passkey signs you in.`}
        type="password"
        autoComplete="new-password"
        error={errors.password?.message}
        {...form.register("password")}
      />
    </EntryForm>
  );
}
