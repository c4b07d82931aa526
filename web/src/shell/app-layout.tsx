import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";

import type { Organisation } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { mayAsk, useConfirmation } from "@/kernel/confirmation";
import { useMe } from "@/kernel/me";
import { useSession } from "@/kernel/session";
import { PageSkeleton } from "@/ui/skeleton";
import { say } from "@/ui/toast";

import { Banners } from "./banners";
import { SideNav } from "./side-nav";
import { TopBar } from "./top-bar";
import { chooseTheme, useUi } from "./ui-state";
import { useKeys } from "./use-keys";
import { useLeave } from "./use-leave";
import { useMayMoveClock } from "./use-may-move-clock";

const ConfirmDialog = lazy(() => import("@/platform/identity/confirm/confirm-dialog"));
const Palette = lazy(() => import("./palette"));
const ClockDialog = lazy(() => import("./clock-dialog"));
const Drawer = lazy(() => import("./drawer"));
const KeyHelp = lazy(() => import("./key-help"));

export function AppLayout() {
  const { palette, help, drawer, clock } = useUi();
  const mayMoveClock = useMayMoveClock();
  useKeys();
  usePreset();
  useLeaveWhenOut();
  const behind = useFollow();
  useEffect(mayAsk, []);
  const settle = useConfirmation((state) => state.settle);
  const turn = useSession((state) => state.turn);
  const leaving = useSession((state) => state.leaving);
  const navigate = useNavigate();
  const leave = useLeave();
  useCommands("shell", [
    { id: "organisation", label: t`New organisation`, group: t`Make`, run: () => void navigate({ to: "/organisations/new" }) },
    { id: "theme-light", label: t`Light theme`, group: t`Page`, run: () => chooseTheme("light") },
    { id: "theme-dark", label: t`Dark theme`, group: t`Page`, run: () => chooseTheme("dark") },
    { id: "theme-system", label: t`Theme as the system`, group: t`Page`, run: () => chooseTheme("system") },
    ...(mayMoveClock
      ? [{ id: "clock", label: t`Move the test clock on`, group: t`Page`, run: () => useUi.setState({ clock: true }) }]
      : []),
    { id: "sign-out", label: t`Sign out`, group: t`Page`, run: leave },
    { id: "keys", label: t`Show the keys`, key: "?", group: t`Page`, run: () => useUi.setState({ help: true }) },
  ]);
  return (
    <div className="min-h-dvh">
      <a
        href="#main"
        className="sr-only z-50 rounded-5 bg-paper p-8 focus:not-sr-only focus:absolute focus:top-5 focus:left-5"
      >{t`Skip to the content`}</a>
      <TopBar />
      <div className="mx-auto flex max-w-1618">
        <aside
          data-chrome
          className="sticky top-44 hidden h-[calc(100dvh-44px)] w-[200px] shrink-0 overflow-y-auto p-13 pt-21 md:block"
        >
          <SideNav />
        </aside>
        <div className="min-w-0 flex-1">
          <Banners />
          <main id="main" className="px-13 py-21 pb-89 md:px-21 md:py-34">
            {/* Another identity is another page: nothing of the one before stays drawn, or is asked for again. */}
            {leaving || behind ? <PageSkeleton /> : <Outlet key={turn} />}
          </main>
        </div>
      </div>
      <Suspense>
        {palette && <Palette />}
        {drawer && <Drawer />}
        {help && <KeyHelp />}
        {clock && <ClockDialog onClose={() => useUi.setState({ clock: false })} />}
        {settle !== null && <ConfirmDialog onEnd={settle} />}
      </Suspense>
    </div>
  );
}

/** The organisation's colours: one of the five presets, or its own two. */
function usePreset(): void {
  const tenant = useMe()?.tenant?.id;
  const { data } = useQuery({
    queryKey: ["organisation", tenant],
    queryFn: ({ signal }) => get<Organisation>("/organisation", { signal }),
    enabled: tenant !== undefined,
    staleTime: 300_000,
  });
  const { preset = "gold", accent, on_accent } = data?.theme ?? {};
  useEffect(() => {
    const own = accent === undefined || on_accent === undefined ? null : { accent, on_accent };
    useUi.setState({ preset, own });
  }, [preset, accent, on_accent]);
}

/**
 * Another tab went over to another organisation: what stood here is not there, so begin anew and say so.
 * True until the page has left what belongs to the organisation before.
 */
function useFollow(): boolean {
  const followed = useSession((state) => state.followed);
  const [seen, setSeen] = useState(followed);
  const navigate = useNavigate();
  const place = useMe()?.tenant?.name;
  useEffect(() => {
    if (seen === followed || place === undefined) return;
    void navigate({ to: "/" }).then(() => setSeen(followed));
    say({ title: t`You are now in ${place}`, detail: t`You changed over in another tab.` });
  }, [seen, followed, place, navigate]);
  return seen !== followed;
}

function useLeaveWhenOut(): void {
  const out = useSession((state) => state.status === "out");
  const navigate = useNavigate();
  useEffect(() => {
    const here = `${window.location.pathname}${window.location.search}`;
    if (out) void navigate({ to: "/sign-in", search: { return_to: here } });
  }, [out, navigate]);
}
