import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

const desk = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk",
  component: lazyRouteComponent(() => import("./desk-page"), "DeskPage"),
});
const exceptions = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/exceptions",
  validateSearch: texts("q", "sort", "open", "state", "severity", "category", "row"),
  component: lazyRouteComponent(() => import("./exceptions-page"), "ExceptionsPage"),
});
const refunds = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/refunds",
  validateSearch: texts("q", "sort", "state", "row"),
  component: lazyRouteComponent(() => import("./refunds-page"), "RefundsPage"),
});
const many = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/refund-many",
  validateSearch: texts("campaign"),
  component: lazyRouteComponent(() => import("./bulk-page"), "BulkPage"),
});
const disputes = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/disputes",
  validateSearch: texts("q", "sort", "state", "row"),
  component: lazyRouteComponent(() => import("./disputes-page"), "DisputesPage"),
});
const payouts = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/payouts",
  validateSearch: texts("q", "sort", "state", "row"),
  component: lazyRouteComponent(() => import("./payouts-page"), "PayoutsPage"),
});
const entries = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/entries",
  component: lazyRouteComponent(() => import("./entries-page"), "EntriesPage"),
});

const bond = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/bond",
  validateSearch: texts("q", "sort", "state", "row"),
  component: lazyRouteComponent(() => import("./bond-page"), "BondPage"),
});
const fees = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/fees",
  validateSearch: texts("q", "sort", "kind", "row"),
  component: lazyRouteComponent(() => import("./fees-page"), "FeesPage"),
});
const actions = createRoute({
  getParentRoute: () => appRoute,
  path: "/desk/provider-actions",
  validateSearch: texts("q", "sort", "state", "row"),
  component: lazyRouteComponent(() => import("./provider-actions-page"), "ProviderActionsPage"),
});

export const deskRoutes = [desk, exceptions, refunds, many, disputes, payouts, entries, bond, fees, actions] as const;
