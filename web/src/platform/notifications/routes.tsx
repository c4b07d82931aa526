import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";

import { openRoute } from "@/kernel/routing";

const search = z.object({
  to: z.string().optional().catch(undefined),
  mail: z.string().optional().catch(undefined),
});

/** Open to anybody: it exists only while the mail twin is in use, and shows a first sign-in link. */
const mailbox = createRoute({
  getParentRoute: () => openRoute,
  path: "/mailbox",
  validateSearch: search,
  component: lazyRouteComponent(() => import("./mailbox-page"), "MailboxPage"),
});

export const openRoutes = [mailbox] as const;
