import { msg } from "@lingui/core/macro";
import { Gauge } from "lucide-react";

import type { NavItem } from "@/kernel/modules";

export const nav: NavItem[] = [
  {
    to: "/console",
    label: msg`Console`,
    icon: Gauge,
    key: "x",
    group: "operator",
    visible: (me) => me.is_operator,
  },
];
