import { useNavigate } from "@tanstack/react-router";

import { signOut } from "@/kernel/session";

/** Ends the session and goes to the sign-in page. */
export function useLeave(): () => void {
  const navigate = useNavigate();
  return () => void signOut().then(() => navigate({ to: "/sign-in" }));
}
