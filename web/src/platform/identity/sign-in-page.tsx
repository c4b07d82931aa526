import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useLocation, useNavigate } from "@tanstack/react-router";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import * as z from "zod/mini";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { asProblem } from "@/kernel/problem";
import { useSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";

import { EntryForm, textLink } from "./entry-form";
import { MfaStep } from "./mfa-step";
import { passkeysWork, signInWithPasskey } from "./passkeys";
import { useArrival } from "./use-arrival";

const route = getRouteApi("/entry/sign-in");

export function SignInPage() {
  useTitle(t`Sign in`);
  const { return_to } = route.useSearch();
  const mfaToken = useSession((state) => state.mfaToken);
  const arrive = useArrival(return_to);
  if (mfaToken !== null) return <MfaStep token={mfaToken} onDone={arrive} />;
  return <FirstStep onDone={arrive} />;
}

const schema = z.object({
  email: z.email({ error: () => t`Enter your e-mail address` }),
  password: z.string(),
});

function FirstStep({ onDone }: { onDone: (signIn: SignIn) => Promise<void> }) {
  const { return_to, organisation } = route.useSearch();
  const navigate = useNavigate();
  const { purpose, confirmed } = useLocation({ select: ({ state }) => state });
  const [withPassword, setWithPassword] = useState(false);
  const form = useZodForm(schema, { email: confirmed?.email ?? "", password: "" });
  const { errors, isSubmitting } = form.formState;
  const send = form.handleSubmit(async ({ email, password }) => {
    try {
      if (withPassword) {
        await onDone(await post<SignIn>("/auth/login", { email, password }));
        return;
      }
      await post("/auth/send-magic-link", { email, return_to, organisation });
      await navigate({ to: "/check-your-mail", search: { email } });
    } catch (error) {
      showRefusal(form, error);
    }
  });
  return (
    <EntryForm
      title={<Trans>Sign in</Trans>}
      intro={confirmed === undefined ? purpose !== undefined && <To purpose={purpose} /> : <Confirmed {...confirmed} />}
      refusal={errors.root?.message}
      busy={isSubmitting}
      send={withPassword ? <Trans>Sign in</Trans> : <Trans>E-mail me a sign-in link</Trans>}
      onSubmit={send}
      below={<Aside onDone={onDone} />}
    >
      <TextField
        label={t`E-mail`}
        type="email"
        autoComplete="username webauthn"
        autoFocus
        error={errors.email?.message}
        {...form.register("email")}
      />
      {withPassword && (
        <TextField
          label={t`Password`}
          type="password"
          autoComplete="current-password"
          error={errors.password?.message}
          {...form.register("password")}
        />
      )}
      <div className="-mt-8 flex justify-between text-12">
        <button type="button" className={textLink} onClick={() => setWithPassword(!withPassword)}>
          {withPassword ? <Trans>Use a mailed link instead</Trans> : <Trans>Use a password instead</Trans>}
        </button>
        {withPassword && (
          <Link to="/forgot-password" className={textLink}>
            <Trans>Forgot it?</Trans>
          </Link>
        )}
      </div>
    </EntryForm>
  );
}

function To({ purpose }: { purpose: string }) {
  return <Trans>To join &ldquo;{purpose}&rdquo;. You come back to it after signing in.</Trans>;
}

/** What comes after a confirmation that was opened elsewhere than where one registered, or late. */
function Confirmed({ passwordKept }: { passwordKept: boolean }) {
  return passwordKept ? (
    <Trans>Your e-mail address is confirmed. Ask for a sign-in link, or use your password if you chose one.</Trans>
  ) : (
    <Trans>
      Your e-mail address is confirmed. The password was chosen in another browser, so it is not kept: ask for a sign-in
      link, and choose a password in the settings.
    </Trans>
  );
}

function Aside({ onDone }: { onDone: (signIn: SignIn) => Promise<void> }) {
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const { return_to } = route.useSearch();
  const use = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await onDone(await signInWithPasskey());
    } catch (error) {
      setRefusal(asProblem(error).said);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {passkeysWork() && (
        <Button size="normal" busy={busy} icon={<KeyRound size={16} aria-hidden />} onClick={() => void use()}>
          <Trans>Use a passkey</Trans>
        </Button>
      )}
      <FormRefusal message={refusal} />
      <p className="mt-8 text-center text-muted">
        <Trans>
          New here?{" "}
          <Link to="/register" search={{ return_to }} className={textLink}>
            Create an account
          </Link>
        </Trans>
      </p>
    </>
  );
}
