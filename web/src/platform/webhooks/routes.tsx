import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

const list = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/webhooks",
  component: lazyRouteComponent(() => import("./webhooks-page"), "WebhooksPage"),
});
const record = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/webhooks/$webhookId",
  validateSearch: texts("state"),
  component: lazyRouteComponent(() => import("./webhook-page"), "WebhookPage"),
});

export const appRoutes = [list, record] as const;
