import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { Clock, Mailbox, UserRoundCog } from "lucide-react";

import { useMe } from "@/kernel/me";
import { endImpersonation } from "@/kernel/session";
import { formatDuration, formatInstant } from "@/kernel/time";
import { Banner } from "@/ui/banner";
import { Button } from "@/ui/button";

import { useUi } from "./ui-state";
import { useMayMoveClock } from "./use-may-move-clock";

export function Banners() {
  const me = useMe();
  const navigate = useNavigate();
  const mayMoveClock = useMayMoveClock();
  if (me === undefined) return null;
  const { impersonator, twins, tenant, user } = me;
  const moveClock = () => useUi.setState({ clock: true });
  const until = impersonator === null ? "" : formatInstant(impersonator.expires_at);
  const leave = async () => {
    await endImpersonation();
    await navigate({ to: "/" });
  };
  return (
    <div data-chrome>
      {impersonator !== null && (
        <Banner
          tone="warn"
          icon={<UserRoundCog size={16} aria-hidden />}
          action={
            <Button onClick={() => void leave()}>
              <Trans>End it</Trans>
            </Button>
          }
        >
          <Trans>
            {impersonator.email} acts as {user.email} until {until}. Reason: {impersonator.reason}. Everything done is
            logged under both names.
          </Trans>
        </Banner>
      )}
      {twins.length > 0 && (
        <Banner
          tone="info"
          icon={<Mailbox size={16} aria-hidden />}
          action={
            <Link to="/local-mailbox" className="font-medium underline underline-offset-2">
              <Trans>Open the mailbox</Trans>
            </Link>
          }
        >
          <span className="sm:hidden">
            <Trans>Local stand-ins: nothing leaves this machine.</Trans>
          </span>
          <span className="hidden sm:inline">
            {twins.map((twin) => sentence(twin.label)).join(" ")} <Trans>Nothing leaves this machine.</Trans>
          </span>
        </Banner>
      )}
      {tenant?.is_sandbox === true && tenant.clock_offset_seconds !== 0 && (
        <Banner
          tone="info"
          icon={<Clock size={16} aria-hidden />}
          action={mayMoveClock && <BannerButton onClick={moveClock}>{t`Move it on`}</BannerButton>}
        >
          <Trans>The clock of this sandbox runs {formatDuration(tenant.clock_offset_seconds)} ahead.</Trans>
        </Banner>
      )}
    </div>
  );
}

function BannerButton({ onClick, children }: { onClick: () => void; children: string }) {
  return (
    <button type="button" onClick={onClick} className="font-medium underline underline-offset-2">
      {children}
    </button>
  );
}

/** A label of the server's as a whole sentence. */
function sentence(label: string): string {
  return label.endsWith(".") ? label : `${label}.`;
}
