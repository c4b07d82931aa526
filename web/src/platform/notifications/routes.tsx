import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { openRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

/** Open to anybody: it exists only while the mail twin is in use, and shows a first sign-in link. */
const mailbox = createRoute({
  getParentRoute: () => openRoute,
  path: "/mailbox",
  validateSearch: texts("to", "mail"),
  component: lazyRouteComponent(() => import("./mailbox-page"), "MailboxPage"),
});

export const openRoutes = [mailbox] as const;
