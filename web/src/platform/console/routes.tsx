import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute } from "@/kernel/routing";

const console = createRoute({
  getParentRoute: () => appRoute,
  path: "/console",
  component: lazyRouteComponent(() => import("./console-page"), "ConsolePage"),
});

export const appRoutes = [console] as const;
