import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

const breaks = createRoute({
  getParentRoute: () => appRoute,
  path: "/payments/breaks",
  validateSearch: texts("q", "sort", "state", "kind", "row"),
  component: lazyRouteComponent(() => import("./breaks-page"), "BreaksPage"),
});
const statements = createRoute({
  getParentRoute: () => appRoute,
  path: "/payments/statements",
  validateSearch: texts("q", "sort", "row"),
  component: lazyRouteComponent(() => import("./statements-page"), "StatementsPage"),
});
const instructions = createRoute({
  getParentRoute: () => appRoute,
  path: "/payments/instructions",
  validateSearch: texts("q", "sort", "state", "kind", "overdue", "row"),
  component: lazyRouteComponent(() => import("./instructions-page"), "InstructionsPage"),
});

export const appRoutes = [breaks, statements, instructions] as const;
