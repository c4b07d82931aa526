import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { Mail } from "lucide-react";
import { useState } from "react";
import * as z from "zod/mini";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useMe } from "@/kernel/me";
import { asProblem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";

import { textLink } from "../entry-form";
import { CodeField } from "./code-field";

const missing = () => t`Enter the six digits of the mail`;
const schema = z.object({ mailed_code: z.string().check(z.trim(), z.minLength(6, { error: missing })), code: z.string().check(z.trim()) });

interface ByMailProps {
  wantsCode: boolean;
  onDone: () => void;
}

export function ByMail({ wantsCode, onDone }: ByMailProps) {
  const [sent, setSent] = useState(false);
  const ask = useMutation({ mutationFn: () => post("/auth/confirmation/send-code"), onSuccess: () => setSent(true) });
  const email = useMe()?.user.email;
  const refusal = ask.isError ? asProblem(ask.error).said : undefined;
  if (!sent) {
    return (
      <div className="flex flex-col gap-13">
        <FormRefusal message={refusal} />
        <Button
          tone="primary"
          size="normal"
          busy={ask.isPending}
          icon={<Mail size={16} aria-hidden />}
          onClick={() => ask.mutate()}
        >
          <Trans>E-mail me a code</Trans>
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-13">
      <p className="text-16 text-pretty" role="status">
        <Trans>
          A code is on its way to <span className="font-medium break-words">{email}</span>. It is good for ten minutes.
        </Trans>
      </p>
      <Given wantsCode={wantsCode} onDone={onDone} />
      <FormRefusal message={refusal} />
      <p className="text-12 text-muted">
        <Trans>
          Nothing there after a minute? Look into the junk folder, or{" "}
          <button type="button" className={textLink} onClick={() => ask.mutate()}>
            ask for another code
          </button>
          .
        </Trans>
      </p>
    </div>
  );
}

function Given({ wantsCode, onDone }: ByMailProps) {
  const form = useZodForm(schema, { mailed_code: "", code: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ mailed_code, code }) => {
    try {
      await post("/auth/confirmation/mail", wantsCode ? { mailed_code, code: code === "" ? null : code } : { mailed_code });
      onDone();
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <form noValidate onSubmit={(event) => void send(event)} className="flex flex-col gap-13">
      <TextField
        label={t`Code in the mail`}
        autoComplete="one-time-code"
        inputMode="numeric"
        autoFocus
        error={errors.mailed_code?.message}
        {...form.register("mailed_code")}
      />
      {wantsCode && <CodeField wires={form.register("code")} error={errors.code?.message} />}
      <FormRefusal message={errors.root?.message} />
      <Button tone="primary" size="normal" type="submit" busy={isSubmitting}>
        <Trans>Confirm</Trans>
      </Button>
    </form>
  );
}
