import { msg } from "@lingui/core/macro";
import { Stamp, Users } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

import { permissions } from "./permissions";

export const nav: NavItem[] = [
  {
    to: "/approvals",
    label: msg`Approvals`,
    icon: Stamp,
    key: "v",
    group: "work",
    visible: (me) => may(me, ...permissions.read),
  },
  {
    to: "/settings/approvals",
    label: msg`Second person`,
    icon: Users,
    key: "y",
    group: "organisation",
    visible: (me) => may(me, ...permissions.configure),
  },
];
