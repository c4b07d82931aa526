import { t } from "@lingui/core/macro";
import { Outlet } from "@tanstack/react-router";

import { useMe } from "@/kernel/me";
import { PageSkeleton } from "@/ui/skeleton";
import { NoPermission } from "@/ui/states";

import { AccountSwitcher } from "./accounts/account-switcher";

/** The console's pages are for operators: others are told so, and nothing is asked of the server. */
export function Frame() {
  const me = useMe();
  if (me === undefined) return <PageSkeleton />;
  if (!me.is_operator) {
    return <NoPermission whole detail={t`These pages are for the operators of this installation.`} permission={null} />;
  }
  return (
    <>
      <AccountSwitcher />
      <Outlet />
    </>
  );
}
