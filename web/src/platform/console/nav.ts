import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import {
  Boxes,
  BellRing,
  BriefcaseBusiness,
  ChartColumn,
  CircleUserRound,
  Database,
  Gauge,
  HardHat,
  Hourglass,
  Layers,
  ListTodo,
  Rocket,
  ScrollText,
  ShieldAlert,
  SlidersHorizontal,
  UserSearch,
  VenetianMask,
  type LucideIcon,
} from "lucide-react";

import type { Making, NavItem } from "@/kernel/modules";

const place = (to: string, label: MessageDescriptor, icon: LucideIcon, key: string, ...makes: Making[]): NavItem => ({
  to,
  label,
  icon,
  key,
  group: "operator",
  visible: (me) => me.is_operator,
  makes,
});

const making = (label: MessageDescriptor, to: string, operatorRight: string, what?: string): Making => ({
  label,
  to,
  ...(what === undefined ? {} : { what }),
  visible: (me) => me.is_operator,
  operatorRight,
});

const account = making(msg`New client account`, "/console/accounts", "accounts:write");
const tenant = making(msg`Set up a tenant`, "/console/onboarding/new", "onboarding:write");
const adminKey = making(msg`Make an admin key`, "/console/operators", "operators:write", "key");
const channel = making(msg`Add a webhook for alerts`, "/console/alerts", "status:write", "channel");
const window = making(msg`Plan a maintenance window`, "/console/alerts", "status:write", "window");
const operator = making(msg`Invite an operator`, "/console/operators", "operators:write");

// Capitals: an operator may be at home in an organisation as well, whose pages have the small letters.
export const nav: NavItem[] = [
  place("/console/dashboard", msg`Dashboard`, Gauge, "D"),
  place("/console/services", msg`Services`, Boxes, "S"),
  place("/console/database", msg`Database`, Database, "B"),
  place("/console/alerts", msg`Alerts`, BellRing, "A", channel, window),
  place("/console/security", msg`Sign-in security`, ShieldAlert, "I"),
  place("/console/analytics", msg`Analytics`, ChartColumn, "N"),
  place("/console/accounts", msg`Client accounts`, BriefcaseBusiness, "C", account),
  place("/console/tenants", msg`Tenants`, Layers, "T", tenant),
  place("/console/onboarding", msg`Onboarding`, Rocket, "O"),
  place("/console/operators", msg`Operators`, HardHat, "W", operator, adminKey),
  place("/console/users", msg`People`, UserSearch, "P"),
  place("/console/roles", msg`Roles overview`, VenetianMask, "R"),
  place("/console/audit", msg`Audit log`, ScrollText, "L"),
  place("/console/personal-data", msg`Personal data`, CircleUserRound, "E"),
  place("/console/jobs", msg`Jobs`, ListTodo, "J"),
  place("/console/deprecations", msg`Deprecations`, Hourglass, "X"),
  place("/console/settings", msg`Configuration`, SlidersHorizontal, "Y"),
];
