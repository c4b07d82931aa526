import { msg } from "@lingui/core/macro";
import { Boxes, Gauge, HandHeart, Package, Scale, Target } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

import { permissions } from "./permissions";

export const nav: NavItem[] = [
  {
    to: "/campaigns",
    label: msg`Campaigns`,
    icon: Target,
    key: "c",
    group: "work",
    visible: (me) => may(me, ...permissions.organise),
    makes: [{ label: msg`New campaign`, to: "/campaigns/new", visible: (me) => may(me, ...permissions.create) }],
  },
  {
    to: "/desk",
    label: msg`Control room`,
    icon: Gauge,
    key: "e",
    group: "work",
    visible: (me) => may(me, ...permissions.organise),
  },
  {
    to: "/campaign-products",
    label: msg`Products`,
    icon: Boxes,
    key: "w",
    group: "work",
    visible: (me) => may(me, ...permissions.organise),
    makes: [{ label: msg`Add a product`, to: "/campaign-products", visible: (me) => may(me, ...permissions.create) }],
  },
  {
    to: "/supplier",
    label: msg`Supply`,
    icon: Package,
    key: "u",
    group: "work",
    visible: (me) => may(me, ...permissions.supply),
  },
  {
    to: "/commitments",
    label: msg`My commitments`,
    icon: HandHeart,
    key: "i",
    group: "mine",
    visible: (me) => me.tenant !== null,
  },
  {
    to: "/settings/campaigns",
    label: msg`Campaign rules`,
    icon: Scale,
    key: "l",
    group: "organisation",
    visible: (me) => may(me, ...permissions.configure),
  },
];
