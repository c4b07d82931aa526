import { msg } from "@lingui/core/macro";
import { FileCheck2 } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

import { permissions } from "./permissions";

export const nav: NavItem[] = [
  {
    to: "/payments/breaks",
    label: msg`Reconciliation`,
    icon: FileCheck2,
    key: "f",
    group: "work",
    visible: (me) => may(me, ...permissions.read),
  },
];
