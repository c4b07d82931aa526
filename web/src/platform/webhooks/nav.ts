import { msg } from "@lingui/core/macro";
import { Webhook } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

import { permissions } from "./types";

export const nav: NavItem[] = [
  {
    to: "/settings/webhooks",
    label: msg`Webhooks`,
    icon: Webhook,
    key: "h",
    group: "organisation",
    visible: (me) => may(me, permissions.read, permissions.manage),
    makes: [{ label: msg`New webhook`, to: "/settings/webhooks", visible: (me) => may(me, permissions.manage) }],
  },
];
