import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { useMe } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";

import { PasskeySection } from "./passkey-section";
import { PasswordSection } from "./password-section";
import { TotpSection } from "./totp-section";

export function SecurityPage() {
  useTitle(t`Security`);
  const me = useMe();
  if (me === undefined) return <PageSkeleton />;
  return (
    <div className="max-w-618">
      <PageHead title={<Trans>Security</Trans>} below={<Trans>How you sign in, and what stands behind it.</Trans>} />
      <PasskeySection />
      <TotpSection enabled={me.user.mfa_enabled} />
      <PasswordSection has={me.user.has_password} />
    </div>
  );
}
