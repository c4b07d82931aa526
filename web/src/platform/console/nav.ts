import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import {
  Boxes,
  BellRing,
  BriefcaseBusiness,
  ChartColumn,
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

import type { NavItem } from "@/kernel/modules";

const place = (to: string, label: MessageDescriptor, icon: LucideIcon, key: string): NavItem => ({
  to,
  label,
  icon,
  key,
  group: "operator",
  visible: (me) => me.is_operator,
});

export const nav: NavItem[] = [
  place("/console/dashboard", msg`Dashboard`, Gauge, "x"),
  place("/console/services", msg`Services`, Boxes, "5"),
  place("/console/database", msg`Database`, Database, "6"),
  place("/console/alerts", msg`Alerts`, BellRing, "7"),
  place("/console/security", msg`Sign-in security`, ShieldAlert, "9"),
  place("/console/analytics", msg`Analytics`, ChartColumn, "0"),
  place("/console/accounts", msg`Client accounts`, BriefcaseBusiness, "a"),
  place("/console/tenants", msg`Tenants`, Layers, "t"),
  place("/console/onboarding", msg`Onboarding`, Rocket, "n"),
  place("/console/operators", msg`Operators`, HardHat, "w"),
  place("/console/users", msg`People`, UserSearch, "q"),
  place("/console/roles", msg`Roles overview`, VenetianMask, "v"),
  place("/console/audit", msg`Audit log`, ScrollText, "l"),
  place("/console/jobs", msg`Jobs`, ListTodo, "j"),
  place("/console/deprecations", msg`Deprecations`, Hourglass, "8"),
  place("/console/settings", msg`Configuration`, SlidersHorizontal, "y"),
];
