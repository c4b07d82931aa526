import { Link, useLocation } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useShownTab } from "@/ui/use-shown-tab";

interface LinkTab {
  to:
    | "/amc/clients"
    | "/amc/connections"
    | "/amc/clients/products"
    | "/amc/clients/campaigns"
    | "/amc/clients/imports"
    | "/amc/library"
    | "/amc/library/guides"
    | "/amc/library/schema"
    | "/amc/runs"
    | "/amc/runs/schedules"
    | "/amc/runs/collections"
    | "/amc/runs/destinations"
    | "/amc/runs/alerts";
  label: ReactNode;
}

/** Tabs that are pages of their own: the address changes, and the one shown is marked. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  const row = useShownTab<HTMLElement>(useLocation({ select: ({ pathname }) => pathname }));
  return (
    <nav ref={row} aria-label={label} className="relative mb-21 flex gap-21 overflow-x-auto overflow-y-hidden border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          preload="intent"
          activeOptions={{ exact: true, includeSearch: false }}
          activeProps={{ className: "border-ink text-ink", "aria-current": "page" }}
          inactiveProps={{ className: "border-transparent text-muted hover:text-ink" }}
          className="-mb-1 flex h-44 shrink-0 items-center border-b-2 text-12 font-medium"
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
