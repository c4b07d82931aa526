import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { say } from "@/ui/toast";

const schema = z.object({
  current_password: z.string(),
  new_password: z.string().check(z.minLength(12, { error: () => t`Use at least 12 characters` })),
});

export function PasswordSection({ has }: { has: boolean }) {
  const queries = useQueryClient();
  const form = useZodForm(schema, { current_password: "", new_password: "" });
  const { errors, isSubmitting } = form.formState;
  const save = form.handleSubmit(async ({ current_password, new_password }) => {
    try {
      await post("/auth/password", has ? { current_password, new_password } : { new_password });
      form.reset();
      await queries.invalidateQueries({ queryKey: ["me"] });
      say({ title: t`Password saved`, detail: t`Your other sessions have ended.` });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <Section
      title={<Trans>Password</Trans>}
      hint={<Trans>Not needed with a passkey or a mailed link; a long one of its own if you want one.</Trans>}
    >
      <form noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-13">
        {has && (
          <TextField
            label={t`Current password`}
            type="password"
            autoComplete="current-password"
            error={errors.current_password?.message}
            {...form.register("current_password")}
          />
        )}
        <TextField
          label={t`New password`}
          type="password"
          autoComplete="new-password"
          error={errors.new_password?.message}
          {...form.register("new_password")}
        />
        <FormRefusal message={errors.root?.message} />
        <Button type="submit" size="normal" busy={isSubmitting} className="self-start">
          {has ? <Trans>Change password</Trans> : <Trans>Set a password</Trans>}
        </Button>
      </form>
    </Section>
  );
}
