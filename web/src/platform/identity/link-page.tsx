import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { useTitle } from "@/kernel/title";

import { TokenPage } from "./token-page";
import { useArrival } from "./use-arrival";

export function LinkPage() {
  useTitle(t`Signing in`);
  const arrive = useArrival();
  return (
    <TokenPage
      name="link"
      title={<Trans>Signing you in</Trans>}
      spend={async (token) => arrive(await post<SignIn>("/auth/verify-magic-link", { token }))}
    />
  );
}
