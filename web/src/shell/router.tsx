import { createBrowserHistory, createRoute, createRouter, lazyRouteComponent, type RouterHistory } from "@tanstack/react-router";

import { appRoutes as amcApp, openRoutes as amcOpen } from "@/apps/amc/routes";
import { appRoutes as campaignApp, openRoutes as campaignOpen } from "@/apps/campaigns/routes";
import { appRoute, entryRoute, openRoute, rootRoute } from "@/kernel/routing";
import { appRoutes as auditApp } from "@/platform/audit/routes";
import { appRoutes as approvalsApp } from "@/platform/approvals/routes";
import { appRoutes as consoleApp, entryRoutes as consoleEntry } from "@/platform/console/routes";
import { appRoutes as identityApp, entryRoutes } from "@/platform/identity/routes";
import { appRoutes as mailApp, openRoutes as mailOpen } from "@/platform/notifications/routes";
import { appRoutes as paymentsApp } from "@/platform/payments/routes";
import { appRoutes as webhooksApp } from "@/platform/webhooks/routes";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { NotFound } from "./not-found";
import { RootLayout } from "./root-layout";

rootRoute.update({ component: RootLayout, notFoundComponent: NotFound });
// Each layout is fetched with the first page under it: signing in does not carry the palette along.
appRoute.update({ component: lazyRouteComponent(() => import("./app-layout"), "AppLayout") });
entryRoute.update({ component: lazyRouteComponent(() => import("./entry-layout"), "EntryLayout") });
openRoute.update({ component: lazyRouteComponent(() => import("./open-layout"), "OpenLayout") });

const home = createRoute({ getParentRoute: () => appRoute, path: "/", component: lazyRouteComponent(() => import("./home"), "Home") });

const tree = rootRoute.addChildren([
  appRoute.addChildren([
    home,
    ...identityApp,
    ...campaignApp,
    ...amcApp,
    ...approvalsApp,
    ...paymentsApp,
    ...mailApp,
    ...webhooksApp,
    ...auditApp,
    ...consoleApp,
  ]),
  entryRoute.addChildren([...entryRoutes, ...consoleEntry]),
  openRoute.addChildren([...campaignOpen, ...amcOpen, ...mailOpen]),
]);

/** The page's routes over a history: the browser's own, or one in memory for a test. */
export function makeRouter(history: RouterHistory = createBrowserHistory()) {
  return createRouter({
    routeTree: tree,
    history,
    defaultPreload: "intent",
    defaultPendingComponent: PageSkeleton,
    defaultPendingMs: 150,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
