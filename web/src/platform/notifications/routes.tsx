import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute, openRoute } from "@/kernel/routing";
import { texts } from "@/kernel/search";

/** Open to anybody: it exists only while the mail twin is in use, and shows a first sign-in link. */
const mailbox = createRoute({
  getParentRoute: () => openRoute,
  path: "/mailbox",
  validateSearch: texts("to", "mail"),
  component: lazyRouteComponent(() => import("./mailbox-page"), "MailboxPage"),
});
const mailboxInside = createRoute({
  getParentRoute: () => appRoute,
  path: "/local-mailbox",
  validateSearch: texts("to", "mail"),
  component: lazyRouteComponent(() => import("./mailbox-page"), "MailboxInside"),
});
const log = createRoute({
  getParentRoute: () => appRoute,
  path: "/communication",
  validateSearch: texts("q", "sort", "state", "row"),
  component: lazyRouteComponent(() => import("./log-page"), "CommunicationPage"),
});

const preferences = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/mails",
  component: lazyRouteComponent(() => import("./preferences-page"), "PreferencesPage"),
});

export const appRoutes = [log, mailboxInside, preferences] as const;
export const openRoutes = [mailbox] as const;
