import { msg } from "@lingui/core/macro";
import { ScrollText } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

export const nav: NavItem[] = [
  {
    to: "/audit",
    label: msg`Audit log`,
    icon: ScrollText,
    key: "a",
    group: "organisation",
    visible: (me) => may(me, "audit:read"),
  },
];
