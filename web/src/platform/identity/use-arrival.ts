import { useRouter } from "@tanstack/react-router";

import type { SignIn } from "@/kernel/api-types";
import { safeReturn } from "@/kernel/return-to";
import { acceptSignIn } from "@/kernel/session";

/** Takes a sign-in and goes on to where the person wanted to be, or to the second step. */
export function useArrival(wanted?: string): (signIn: SignIn) => Promise<void> {
  const router = useRouter();
  return async (signIn) => {
    if (!acceptSignIn(signIn)) {
      await router.navigate({ to: "/sign-in", search: wanted === undefined ? {} : { return_to: wanted } });
      return;
    }
    await router.navigate({ href: safeReturn(signIn.return_to ?? wanted), replace: true });
  };
}
