import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { post } from "@/kernel/client";
import { queryClient } from "@/kernel/query";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";

import { TokenPage } from "./token-page";

export function VerifyPage() {
  useTitle(t`Confirm your address`);
  return (
    <TokenPage
      name="verify"
      title={<Trans>Confirm your address</Trans>}
      spend={async (token) => {
        await post("/auth/verify-email", { token });
        await queryClient.invalidateQueries({ queryKey: ["me"] });
      }}
      done={
        <>
          <p>
            <Trans>Your e-mail address is confirmed.</Trans>
          </p>
          <Link to="/" className={`mt-21 w-full ${buttonClass("primary", "normal")}`}>
            <Trans>Go on</Trans>
          </Link>
        </>
      }
    />
  );
}
