import { createRootRoute, createRoute, redirect } from "@tanstack/react-router";

import { queryClient } from "./query";
import { meQuery, openSession } from "./session";

// The three layouts every module hangs its pages under; the shell gives them their faces.

export const rootRoute = createRootRoute();

/** Signed-in pages: top bar, navigation, palette. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "app",
  beforeLoad: async ({ location, cause }) => {
    if (cause === "preload") return;
    if ((await openSession(true)) !== "in") {
      throw redirect({ to: "/sign-in", search: { return_to: location.href } });
    }
    await queryClient.query({ ...meQuery, staleTime: "static" });
  },
});

/** Signing in and its neighbours: one narrow column. */
export const entryRoute = createRoute({ getParentRoute: () => rootRoute, id: "entry" });

/** Pages anybody may read. */
export const openRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "open",
  beforeLoad: async () => {
    // A public page must open even when the session cannot be asked for.
    await openSession(false).catch(() => "out");
  },
});
