import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

const list = createRoute({
  getParentRoute: () => appRoute,
  path: "/approvals",
  validateSearch: texts("state"),
  component: lazyRouteComponent(() => import("./approvals-page"), "ApprovalsPage"),
});
const record = createRoute({
  getParentRoute: () => appRoute,
  path: "/approvals/$approvalId",
  component: lazyRouteComponent(() => import("./approval-page"), "ApprovalPage"),
});

export const appRoutes = [list, record] as const;
