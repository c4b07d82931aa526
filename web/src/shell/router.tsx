import { createRoute, createRouter } from "@tanstack/react-router";

import { appRoutes as campaignApp, openRoutes as campaignOpen } from "@/apps/campaigns/routes";
import { appRoute, entryRoute, openRoute, rootRoute } from "@/kernel/routing";
import { appRoutes as consoleApp } from "@/platform/console/routes";
import { appRoutes as identityApp, entryRoutes } from "@/platform/identity/routes";
import { openRoutes as mailOpen } from "@/platform/notifications/routes";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { AppLayout } from "./app-layout";
import { EntryLayout } from "./entry-layout";
import { Home } from "./home";
import { NotFound } from "./not-found";
import { OpenLayout } from "./open-layout";
import { RootLayout } from "./root-layout";

rootRoute.update({ component: RootLayout, notFoundComponent: NotFound });
appRoute.update({ component: AppLayout });
entryRoute.update({ component: EntryLayout });
openRoute.update({ component: OpenLayout });

const home = createRoute({ getParentRoute: () => appRoute, path: "/", component: Home });

const tree = rootRoute.addChildren([
  appRoute.addChildren([home, ...identityApp, ...campaignApp, ...consoleApp]),
  entryRoute.addChildren([...entryRoutes]),
  openRoute.addChildren([...campaignOpen, ...mailOpen]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
