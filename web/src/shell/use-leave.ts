import { t } from "@lingui/core/macro";
import { useNavigate } from "@tanstack/react-router";

import { asProblem } from "@/kernel/problem";
import { signOut } from "@/kernel/session";
import { sayRefused } from "@/ui/toast";

/** Ends the session and goes to the sign-in page; says so where it could not be ended, and offers it again. */
export function useLeave(): () => void {
  const navigate = useNavigate();
  const leave = () =>
    void signOut().then(
      () => navigate({ to: "/sign-in" }),
      (error: unknown) => sayRefused(t`You are still signed in`, asProblem(error).said, leave),
    );
  return leave;
}
