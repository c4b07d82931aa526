import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute, openRoute } from "@/kernel/routing";
import { texts, whole } from "@/kernel/search";

const home = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc",
  component: lazyRouteComponent(() => import("./home/home-page"), "HomePage"),
});
const clients = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/clients",
  validateSearch: texts("q", "active", "favourite", "connection_id", "brand", "sort"),
  component: lazyRouteComponent(() => import("./clients/clients-page"), "ClientsPage"),
});
const connections = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/connections",
  component: lazyRouteComponent(() => import("./connections/connections-page"), "ConnectionsPage"),
});
const connected = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/connected",
  component: lazyRouteComponent(() => import("./connections/connected-page"), "ConnectedPage"),
});
const client = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/clients/$clientId",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./clients/client-page"), "ClientPage"),
});
const wizard = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/clients/$clientId/run",
  validateSearch: (raw: Record<string, unknown>) => ({ step: whole(raw, "step", 1, 3), ...texts("workflow")(raw) }),
  component: lazyRouteComponent(() => import("./wizard/wizard-page"), "WizardPage"),
});
const library = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/library",
  validateSearch: texts("q", "folder", "tag", "category", "owner", "favourite", "archived", "sort"),
  component: lazyRouteComponent(() => import("./library/library-page"), "LibraryPage"),
});
const guides = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/library/guides",
  component: lazyRouteComponent(() => import("./guides/guides-page"), "GuidesPage"),
});
const guide = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/library/guides/$slug",
  component: lazyRouteComponent(() => import("./guides/guide-page"), "GuidePage"),
});
const schema = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/library/schema",
  validateSearch: texts("table", "client"),
  component: lazyRouteComponent(() => import("./library/schema-page"), "SchemaPage"),
});
const workflow = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/library/$workflowId",
  validateSearch: texts("panel", "client"),
  component: lazyRouteComponent(() => import("./editor/editor-page"), "EditorPage"),
});
const runs = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs",
  validateSearch: texts("q", "state", "origin", "instance_id", "workflow_id", "since", "until", "sort"),
  component: lazyRouteComponent(() => import("./runs/runs-page"), "RunsPage"),
});
const compare = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/compare",
  validateSearch: texts("left", "right", "keys"),
  component: lazyRouteComponent(() => import("./runs/compare-page"), "ComparePage"),
});
const run = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/$runId",
  validateSearch: texts("tab", "columns"),
  component: lazyRouteComponent(() => import("./runs/run-page"), "RunPage"),
});
const schedules = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/schedules",
  validateSearch: texts("sort", "instance_id", "workflow_id", "state"),
  component: lazyRouteComponent(() => import("./recurring/schedules-page"), "SchedulesPage"),
});
const newSchedule = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/schedules/new",
  validateSearch: (raw: Record<string, unknown>) => ({ step: whole(raw, "step", 1, 3), ...texts("run")(raw) }),
  component: lazyRouteComponent(() => import("./recurring/new-schedule-page"), "NewSchedulePage"),
});
const schedule = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/schedules/$scheduleId",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./recurring/schedule-page"), "SchedulePage"),
});
const editSchedule = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/schedules/$scheduleId/edit",
  validateSearch: (raw: Record<string, unknown>) => ({ step: whole(raw, "step", 1, 3) }),
  component: lazyRouteComponent(() => import("./recurring/edit-schedule-page"), "EditSchedulePage"),
});
const alerts = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/alerts",
  validateSearch: texts("sort"),
  component: lazyRouteComponent(() => import("./alerts/alerts-page"), "AlertsPage"),
});
const products = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/clients/products",
  validateSearch: texts("q", "brand", "active", "sort"),
  component: lazyRouteComponent(() => import("./catalogue/products-page"), "ProductsPage"),
});
const campaigns = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/clients/campaigns",
  validateSearch: texts("q", "brand", "type", "sort"),
  component: lazyRouteComponent(() => import("./catalogue/campaigns-page"), "CampaignsPage"),
});
const imports = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/clients/imports",
  component: lazyRouteComponent(() => import("./catalogue/imports-page"), "ImportsPage"),
});
const collections = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/collections",
  validateSearch: texts("q", "state", "sort"),
  component: lazyRouteComponent(() => import("./collections/collections-page"), "CollectionsPage"),
});
const newCollection = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/collections/new",
  validateSearch: texts("workflow", "run", "client"),
  component: lazyRouteComponent(() => import("./collections/new-collection-page"), "NewCollectionPage"),
});
const collection = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/collections/$collectionId",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./collections/collection-page"), "CollectionPage"),
});
const boards = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/boards",
  validateSearch: texts("sort"),
  component: lazyRouteComponent(() => import("./boards/boards-page"), "BoardsPage"),
});
const board = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/boards/$boardId",
  validateSearch: texts("from", "to", "compare", "group", "client"),
  component: lazyRouteComponent(() => import("./boards/board-page"), "BoardPage"),
});
/** A snapshot's page: whoever has the link reads it. */
const snapshot = createRoute({
  getParentRoute: () => openRoute,
  path: "/s/amc/$token",
  component: lazyRouteComponent(() => import("./boards/public/snapshot-page"), "SnapshotPage"),
});
/** What the owner of an address outside says to alerts that would come to it. */
const alertAddress = createRoute({
  getParentRoute: () => openRoute,
  path: "/s/amc/alerts/$token",
  component: lazyRouteComponent(() => import("./alerts/public/address-page"), "AddressPage"),
});

const destinations = createRoute({
  getParentRoute: () => appRoute,
  path: "/amc/runs/destinations",
  validateSearch: texts("sort"),
  component: lazyRouteComponent(() => import("./destinations/destinations-page"), "DestinationsPage"),
});

export const appRoutes = [
  home, clients, connections, connected, client, wizard, library, guides, guide, schema, workflow, runs, compare, run, schedules,
  newSchedule, schedule, editSchedule, alerts, products, campaigns, imports,
  destinations, collections, newCollection, collection, boards, board,
] as const;

export const openRoutes = [snapshot, alertAddress] as const;
