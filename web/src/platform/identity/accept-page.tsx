import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { openSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";

import { TokenPage } from "./token-page";
import { useArrival } from "./use-arrival";

export function AcceptPage() {
  useTitle(t`Accept the invitation`);
  const arrive = useArrival();
  return (
    <TokenPage
      name="accept"
      title={<Trans>Accepting the invitation</Trans>}
      spend={async (token) => {
        await openSession(false);
        await arrive(await post<SignIn>("/invitations/accept", { token }));
      }}
    />
  );
}
