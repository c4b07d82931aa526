import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import * as z from "zod/mini";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useSession } from "@/kernel/session";
import { TextField } from "@/ui/field";

import { EntryForm, textLink } from "./entry-form";

const schema = z.object({
  code: z.string().check(z.trim(), z.minLength(6, { error: () => t`Enter the six digits, or a recovery code` })),
});

interface MfaStepProps {
  token: string;
  onDone: (signIn: SignIn) => Promise<void>;
}

export function MfaStep({ token, onDone }: MfaStepProps) {
  const form = useZodForm(schema, { code: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ code }) => {
    try {
      await onDone(await post<SignIn>("/auth/mfa", { mfa_token: token, code }));
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <EntryForm
      title={<Trans>Second step</Trans>}
      intro={<Trans>Open your authenticator and enter the code it shows. A recovery code works as well.</Trans>}
      refusal={errors.root?.message}
      busy={isSubmitting}
      send={<Trans>Sign in</Trans>}
      onSubmit={send}
      below={
        <button type="button" className={textLink} onClick={() => useSession.setState({ mfaToken: null })}>
          <Trans>Back to the first step</Trans>
        </button>
      }
    >
      <TextField
        label={t`Code`}
        autoComplete="one-time-code"
        inputMode="text"
        autoFocus
        error={errors.code?.message}
        {...form.register("code")}
      />
    </EntryForm>
  );
}
