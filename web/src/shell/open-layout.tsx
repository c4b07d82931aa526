import { Trans } from "@lingui/react/macro";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";

import { useSession } from "@/kernel/session";
import { buttonClass } from "@/ui/button";
import { Mark } from "@/ui/cube";

import { ThemeToggle } from "./theme-toggle";

/** Pages anybody may read: a name, a way in, nothing else around the text. */
export function OpenLayout() {
  const signedIn = useSession((state) => state.status === "in");
  const here = useRouterState({ select: (state) => state.location.href });
  return (
    <div className="flex min-h-dvh flex-col">
      <header data-chrome className="border-b border-line">
        <div className="mx-auto flex h-55 max-w-1000 items-center gap-8 px-13 md:px-21">
          <Link to="/" className="mr-auto flex items-center gap-8 text-16 font-semibold">
            <Mark size={26} /> Metatron
          </Link>
          <ThemeToggle />
          {signedIn ? (
            <Link to="/" className={buttonClass("plain")}>
              <Trans>My page</Trans>
            </Link>
          ) : (
            <Link to="/sign-in" search={{ return_to: here }} className={buttonClass("plain")}>
              <Trans>Sign in</Trans>
            </Link>
          )}
        </div>
      </header>
      <main className="mx-auto w-full max-w-1000 flex-1 px-13 py-21 pb-89 md:px-21 md:py-34">
        <Outlet />
      </main>
    </div>
  );
}
