import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";

import { CodeField } from "./code-field";

const missing = () => t`Enter your password`;
const schema = z.object({ password: z.string().check(z.minLength(1, { error: missing })), code: z.string().check(z.trim()) });

interface ByPasswordProps {
  wantsCode: boolean;
  onDone: () => void;
}

export function ByPassword({ wantsCode, onDone }: ByPasswordProps) {
  const form = useZodForm(schema, { password: "", code: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ password, code }) => {
    try {
      await post("/auth/confirmation/password", wantsCode ? { password, code: code === "" ? null : code } : { password });
      onDone();
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-13">
      <TextField
        label={t`Password`}
        type="password"
        autoComplete="current-password"
        autoFocus
        error={errors.password?.message}
        {...form.register("password")}
      />
      {wantsCode && <CodeField wires={form.register("code")} error={errors.code?.message} />}
      <FormRefusal message={errors.root?.message} />
      <Button tone="primary" size="normal" type="submit" busy={isSubmitting}>
        <Trans>Confirm</Trans>
      </Button>
    </form>
  );
}
