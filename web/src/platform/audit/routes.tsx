import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

const audit = createRoute({
  getParentRoute: () => appRoute,
  path: "/audit",
  validateSearch: texts("name", "since", "until", "actor_id", "aggregate_id", "request_id"),
  component: lazyRouteComponent(() => import("./audit-page"), "AuditPage"),
});

export const appRoutes = [audit] as const;
