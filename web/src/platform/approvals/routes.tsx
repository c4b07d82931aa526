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
const settings = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/approvals",
  component: lazyRouteComponent(() => import("./settings-page"), "ApprovalSettingsPage"),
});

export const appRoutes = [list, record, settings] as const;
