import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";

import type { Verified } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { queryClient } from "@/kernel/query";
import { meQuery, openSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";

import { TokenPage } from "./token-page";
import { useArrival } from "./use-arrival";

/** Confirms an address: where it was registered one is in afterwards, elsewhere one signs in with it. */
export function VerifyPage() {
  useTitle(t`Confirm your address`);
  const navigate = useNavigate();
  const arrive = useArrival();
  return (
    <TokenPage
      name="verify"
      title={<Trans>Confirm your address</Trans>}
      spend={async (token) => {
        const { email, password_kept, sign_in } = await post<Verified>("/auth/verify-email", { token });
        if (sign_in !== null) await arrive(sign_in);
        else if (await isIn(email)) await navigate({ to: "/", replace: true });
        else await navigate({ to: "/sign-in", replace: true, state: { confirmed: { email, passwordKept: password_kept } } });
      }}
    />
  );
}

async function isIn(email: string): Promise<boolean> {
  if ((await openSession(false).catch(() => "out")) !== "in") return false;
  return (await queryClient.query({ ...meQuery, staleTime: 0 })).user.email === email;
}
