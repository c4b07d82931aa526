import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { appRoute, entryRoute } from "@/kernel/routing";
import { text, texts } from "@/kernel/search";

const entrySearch = texts("return_to", "organisation");
const mailSearch = (raw: Record<string, unknown>) => ({ email: text(raw, "email") ?? "" });

const signIn = createRoute({
  getParentRoute: () => entryRoute,
  path: "/sign-in",
  validateSearch: entrySearch,
  component: lazyRouteComponent(() => import("./sign-in-page"), "SignInPage"),
});
const link = createRoute({
  getParentRoute: () => entryRoute,
  path: "/sign-in/link",
  component: lazyRouteComponent(() => import("./link-page"), "LinkPage"),
});
const register = createRoute({
  getParentRoute: () => entryRoute,
  path: "/register",
  validateSearch: entrySearch,
  component: lazyRouteComponent(() => import("./register-page"), "RegisterPage"),
});
const checkMail = createRoute({
  getParentRoute: () => entryRoute,
  path: "/check-your-mail",
  validateSearch: mailSearch,
  component: lazyRouteComponent(() => import("./check-mail-page"), "CheckMailPage"),
});
const forgot = createRoute({
  getParentRoute: () => entryRoute,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("./forgot-page"), "ForgotPage"),
});
const reset = createRoute({
  getParentRoute: () => entryRoute,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("./reset-page"), "ResetPage"),
});
const verify = createRoute({
  getParentRoute: () => entryRoute,
  path: "/verify-email",
  component: lazyRouteComponent(() => import("./verify-page"), "VerifyPage"),
});
const accept = createRoute({
  getParentRoute: () => entryRoute,
  path: "/invitations/accept",
  component: lazyRouteComponent(() => import("./accept-page"), "AcceptPage"),
});
const newOrganisation = createRoute({
  getParentRoute: () => appRoute,
  path: "/organisations/new",
  component: lazyRouteComponent(() => import("./new-organisation-page"), "NewOrganisationPage"),
});

const profile = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/profile",
  component: lazyRouteComponent(() => import("./settings/profile-page"), "ProfilePage"),
});
const security = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/security",
  component: lazyRouteComponent(() => import("./settings/security-page"), "SecurityPage"),
});
const devices = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/devices",
  component: lazyRouteComponent(() => import("./settings/devices-page"), "DevicesPage"),
});
const organisation = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/organisation",
  component: lazyRouteComponent(() => import("./settings/organisation-page"), "OrganisationPage"),
});
const members = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/members",
  validateSearch: texts("q", "role", "sort"),
  component: lazyRouteComponent(() => import("./settings/members-page"), "MembersPage"),
});
const roles = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/roles",
  component: lazyRouteComponent(() => import("./settings/roles-page"), "RolesPage"),
});
const keys = createRoute({
  getParentRoute: () => appRoute,
  path: "/settings/api-keys",
  validateSearch: texts("tab", "api_key_id", "route", "status", "request_id", "since"),
  component: lazyRouteComponent(() => import("./settings/api-keys-page"), "ApiKeysPage"),
});

export const entryRoutes = [signIn, link, register, checkMail, forgot, reset, verify, accept] as const;
export const appRoutes = [newOrganisation, profile, security, devices, organisation, members, roles, keys] as const;
