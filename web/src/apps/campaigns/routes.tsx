import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { appRoute, openRoute } from "@/kernel/routing";
import { texts, whole } from "@/kernel/search";

import { deskRoutes } from "./desk/routes";

const list = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns",
  validateSearch: texts("q", "state", "sort"),
  component: lazyRouteComponent(() => import("./organiser/list-page"), "ListPage"),
});
const products = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaign-products",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./organiser/products-page"), "ProductsPage"),
});
const create = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns/new",
  component: lazyRouteComponent(() => import("./organiser/create-page"), "CreatePage"),
});
const record = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns/$campaignId",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./organiser/record-page"), "RecordPage"),
});
const edit = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns/$campaignId/edit",
  component: lazyRouteComponent(() => import("./organiser/edit-page"), "EditPage"),
});
const mine = createRoute({
  getParentRoute: () => appRoute,
  path: "/commitments",
  component: lazyRouteComponent(() => import("./member/commitments-page"), "CommitmentsPage"),
});
const one = createRoute({
  getParentRoute: () => appRoute,
  path: "/commitments/$commitmentId",
  component: lazyRouteComponent(() => import("./member/commitment-page"), "CommitmentPage"),
});
const receipt = createRoute({
  getParentRoute: () => appRoute,
  path: "/commitments/$commitmentId/receipt",
  component: lazyRouteComponent(() => import("./member/receipt-page"), "ReceiptPage"),
});
const supply = createRoute({
  getParentRoute: () => appRoute,
  path: "/supplier",
  component: lazyRouteComponent(() => import("./supplier/supply-page"), "SupplyPage"),
});
const settings = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/campaigns",
  component: lazyRouteComponent(() => import("./settings/settings-page"), "CampaignSettingsPage"),
});
const published = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug",
  component: lazyRouteComponent(() => import("./public/campaigns-page"), "CampaignsPage"),
});
const publishedToo = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug/campaigns",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/o/$orgSlug", params, replace: true });
  },
});
const page = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug/campaigns/$slug",
  component: lazyRouteComponent(() => import("./public/campaign-page"), "CampaignPage"),
});
const join = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug/campaigns/$slug/join",
  validateSearch: (raw: Record<string, unknown>) => ({ step: whole(raw, "step", 1, 5) }),
  component: lazyRouteComponent(() => import("./member/join-page"), "JoinPage"),
});

export const appRoutes = [list, products, create, record, edit, mine, one, receipt, supply, settings, ...deskRoutes] as const;
export const openRoutes = [published, publishedToo, page, join] as const;
