import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";

import { appRoute, entryRoute } from "@/kernel/routing";
import { text, texts } from "@/kernel/search";

interface Narrowed {
  account_id?: string | undefined;
}

/** Left out where it is not given: a name without a value would stand for taking the account away. */
const narrowed = (raw: Record<string, unknown>): Narrowed => {
  const account = text(raw, "account_id");
  return account === undefined ? {} : { account_id: account };
};
function keepAccount({ search, next }: { search: Narrowed; next: (search: Narrowed) => Narrowed }): Narrowed {
  const wanted = next(search);
  return search.account_id === undefined || "account_id" in wanted ? wanted : { ...wanted, account_id: search.account_id };
}
// The client account goes along from page to page of the console until it is taken away.
const frame = createRoute({
  getParentRoute: () => appRoute,
  id: "operator",
  validateSearch: narrowed,
  search: { middlewares: [keepAccount] },
  component: lazyRouteComponent(() => import("./frame"), "Frame"),
});
const home = createRoute({
  getParentRoute: () => frame,
  path: "/console",
  beforeLoad: () => {
    throw redirect({ to: "/console/dashboard", replace: true });
  },
});
const dashboard = createRoute({
  getParentRoute: () => frame,
  path: "/console/dashboard",
  component: lazyRouteComponent(() => import("./dashboard/dashboard-page"), "DashboardPage"),
});
const services = createRoute({
  getParentRoute: () => frame,
  path: "/console/services",
  component: lazyRouteComponent(() => import("./services/services-page"), "ServicesPage"),
});
const database = createRoute({
  getParentRoute: () => frame,
  path: "/console/database",
  component: lazyRouteComponent(() => import("./database/database-page"), "DatabasePage"),
});
const alerts = createRoute({
  getParentRoute: () => frame,
  path: "/console/alerts",
  component: lazyRouteComponent(() => import("./alerts/alerts-page"), "AlertsPage"),
});
const security = createRoute({
  getParentRoute: () => frame,
  path: "/console/security",
  component: lazyRouteComponent(() => import("./security/security-page"), "SecurityPage"),
});
const analytics = createRoute({
  getParentRoute: () => frame,
  path: "/console/analytics",
  component: lazyRouteComponent(() => import("./analytics/analytics-page"), "AnalyticsPage"),
});
const accounts = createRoute({
  getParentRoute: () => frame,
  path: "/console/accounts",
  validateSearch: texts("q", "state"),
  component: lazyRouteComponent(() => import("./accounts/accounts-page"), "AccountsPage"),
});
const account = createRoute({
  getParentRoute: () => frame,
  path: "/console/accounts/$accountId",
  component: lazyRouteComponent(() => import("./accounts/account-page"), "AccountPage"),
});
const tenants = createRoute({
  getParentRoute: () => frame,
  path: "/console/tenants",
  validateSearch: texts("q", "state", "tier", "environment", "placement"),
  component: lazyRouteComponent(() => import("./tenants/tenants-page"), "TenantsPage"),
});
const tenant = createRoute({
  getParentRoute: () => frame,
  path: "/console/tenants/$tenantId",
  validateSearch: texts("tab"),
  component: lazyRouteComponent(() => import("./tenants/tenant-page"), "TenantPage"),
});
const onboardings = createRoute({
  getParentRoute: () => frame,
  path: "/console/onboarding",
  validateSearch: texts("state"),
  component: lazyRouteComponent(() => import("./onboarding/onboardings-page"), "OnboardingsPage"),
});
const onboard = createRoute({
  getParentRoute: () => frame,
  path: "/console/onboarding/new",
  component: lazyRouteComponent(() => import("./onboarding/onboard-page"), "OnboardPage"),
});
const onboarding = createRoute({
  getParentRoute: () => frame,
  path: "/console/onboarding/$onboardingId",
  component: lazyRouteComponent(() => import("./onboarding/onboarding-page"), "OnboardingPage"),
});
const operators = createRoute({
  getParentRoute: () => frame,
  path: "/console/operators",
  component: lazyRouteComponent(() => import("./operators/operators-page"), "OperatorsPage"),
});
const users = createRoute({
  getParentRoute: () => frame,
  path: "/console/users",
  validateSearch: texts("email", "open"),
  component: lazyRouteComponent(() => import("./users/users-page"), "UsersPage"),
});
const roles = createRoute({
  getParentRoute: () => frame,
  path: "/console/roles",
  component: lazyRouteComponent(() => import("./roles-page"), "RolesPage"),
});
const audit = createRoute({
  getParentRoute: () => frame,
  path: "/console/audit",
  validateSearch: texts("tenant_id", "name", "actor_id", "aggregate_id", "request_id", "since", "until"),
  component: lazyRouteComponent(() => import("./audit/audit-page"), "AuditPage"),
});
const jobs = createRoute({
  getParentRoute: () => frame,
  path: "/console/jobs",
  validateSearch: texts("state", "job", "tenant_id"),
  component: lazyRouteComponent(() => import("./jobs-page"), "JobsPage"),
});
const personalData = createRoute({
  getParentRoute: () => frame,
  path: "/console/personal-data",
  validateSearch: texts("state", "kind"),
  component: lazyRouteComponent(() => import("./personal-data/personal-data-page"), "PersonalDataPage"),
});
const settings = createRoute({
  getParentRoute: () => frame,
  path: "/console/settings",
  component: lazyRouteComponent(() => import("./settings-page"), "SettingsPage"),
});
const deprecations = createRoute({
  getParentRoute: () => frame,
  path: "/console/deprecations",
  component: lazyRouteComponent(() => import("./deprecations/deprecations-page"), "DeprecationsPage"),
});
const accept = createRoute({
  getParentRoute: () => entryRoute,
  path: "/operators/accept",
  component: lazyRouteComponent(() => import("./operators/accept-page"), "AcceptPage"),
});

const pages = frame.addChildren([
  home,
  dashboard,
  services,
  database,
  alerts,
  security,
  analytics,
  accounts,
  account,
  tenants,
  tenant,
  onboardings,
  onboard,
  onboarding,
  operators,
  users,
  roles,
  audit,
  jobs,
  personalData,
  settings,
  deprecations,
]);

export const appRoutes = [pages] as const;
export const entryRoutes = [accept] as const;
