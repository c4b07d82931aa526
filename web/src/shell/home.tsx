import { Trans } from "@lingui/react/macro";
import { Link, Navigate } from "@tanstack/react-router";

import { useMe } from "@/kernel/me";
import { WaitingInvitations } from "@/platform/identity/waiting-invitations";
import { buttonClass } from "@/ui/button";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState } from "@/ui/states";

import { navFor } from "./nav-items";

/** Sends everybody to the first page that is theirs. */
export function Home() {
  const me = useMe();
  if (me === undefined) return <PageSkeleton />;
  const items = navFor(me);
  const first = ["operator", "work", "amc", "mine"]
    .flatMap((group) => items.filter((item) => item.group === group))
    .find((item) => item.group !== "operator" || me.tenant === null);
  if (first !== undefined) return <Navigate to={first.to} replace />;
  return (
    <WaitingInvitations meanwhile={<PageSkeleton />} otherwise={<NoOrganisation />}>
      {(list) => (
        <EmptyState whole title={<Trans>You are invited</Trans>} action={list}>
          <Trans>Join where you were asked to, and begin.</Trans>
        </EmptyState>
      )}
    </WaitingInvitations>
  );
}

function NoOrganisation() {
  return (
    <EmptyState
      whole
      title={<Trans>You belong to no organisation yet</Trans>}
      action={
        <Link to="/organisations/new" className={buttonClass("primary", "normal")}>
          <Trans>New organisation</Trans>
        </Link>
      }
    >
      <Trans>Make one of your own, or open an invitation that you were sent.</Trans>
    </EmptyState>
  );
}
