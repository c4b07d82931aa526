import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@/kernel/texts";
import { queryClient } from "@/kernel/query";
import { makeRouter } from "@/shell/router";
import { startTheme } from "@/shell/ui-state";
import "@/ui/styles.css";

startTheme();
const router = makeRouter();
// No page waits for it, so it is no part of what every page loads.
void import("@/kernel/web-vitals").then(({ startVitals }) => startVitals(router));
const place = document.getElementById("root");
if (place === null) throw new Error("index.html has no #root");
createRoot(place).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
