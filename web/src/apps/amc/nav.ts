import { msg } from "@lingui/core/macro";
import { Activity, ChartNoAxesCombined, LibraryBig, MonitorPlay, Store } from "lucide-react";

import type { Me } from "@/kernel/api-types";
import { may, type Making, type NavItem } from "@/kernel/modules";

import { permissions } from "./permissions";

const visible = (me: Me) => may(me, ...permissions.read);

const connect: Making = {
  label: msg`Connect an Amazon account`,
  to: "/amc/connections",
  visible: (me) => may(me, ...permissions.manage),
};
const workflow: Making = { label: msg`New workflow`, to: "/amc/library", visible: (me) => may(me, ...permissions.edit) };

export const nav: NavItem[] = [
  { to: "/amc", label: msg`Home`, icon: Activity, key: "0", group: "amc", exact: true, visible },
  { to: "/amc/clients", label: msg`Clients`, icon: Store, key: "1", group: "amc", visible, makes: [connect] },
  { to: "/amc/library", label: msg`Library`, icon: LibraryBig, key: "2", group: "amc", visible, makes: [workflow] },
  { to: "/amc/runs", label: msg`Runs`, icon: MonitorPlay, key: "3", group: "amc", visible },
  { to: "/amc/boards", label: msg`Dashboards`, icon: ChartNoAxesCombined, key: "4", group: "amc", visible },
];
