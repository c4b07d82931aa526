import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { z } from "zod";

import { appRoute, openRoute } from "@/kernel/routing";

const text = z.string().optional().catch(undefined);
const listSearch = z.object({ q: text, state: text, sort: text });

const list = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("./organiser/list-page"), "ListPage"),
});
const create = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns/new",
  component: lazyRouteComponent(() => import("./organiser/create-page"), "CreatePage"),
});
const record = createRoute({
  getParentRoute: () => appRoute,
  path: "/campaigns/$campaignId",
  validateSearch: z.object({ tab: text }),
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
const supply = createRoute({
  getParentRoute: () => appRoute,
  path: "/supplier",
  component: lazyRouteComponent(() => import("./supplier/supply-page"), "SupplyPage"),
});
const published = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug",
  component: lazyRouteComponent(() => import("./public/campaigns-page"), "CampaignsPage"),
});
const page = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug/campaigns/$slug",
  component: lazyRouteComponent(() => import("./public/campaign-page"), "CampaignPage"),
});
const join = createRoute({
  getParentRoute: () => openRoute,
  path: "/o/$orgSlug/campaigns/$slug/join",
  validateSearch: z.object({ step: z.number().int().min(1).max(5).catch(1).default(1) }),
  component: lazyRouteComponent(() => import("./member/join-page"), "JoinPage"),
});

export const appRoutes = [list, create, record, edit, mine, one, supply] as const;
export const openRoutes = [published, page, join] as const;
