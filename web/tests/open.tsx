import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { StrictMode } from "react";
import { afterEach } from "vitest";

import { queryClient } from "@/kernel/query";
import { makeRouter } from "@/shell/router";

const opened: ReturnType<typeof makeRouter>[] = [];

// A router may still be on its way when its page is gone, and the file's document with it: it draws nothing more.
afterEach(() => {
  for (const router of opened.splice(0)) router.startTransition = () => Promise.resolve(false);
});

/** The whole page at an address, as a browser would open it. */
export function open(path: string) {
  const router = makeRouter(createMemoryHistory({ initialEntries: [path] }));
  opened.push(router);
  const user = userEvent.setup();
  const view = render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  );
  return { router, user, view };
}

export const signedInBefore = () => localStorage.setItem("metatron.was-signed-in", "1");
