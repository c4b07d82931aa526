import { msg } from "@lingui/core/macro";
import { Building2, KeyRound, MonitorSmartphone, ShieldCheck, UserRound, UsersRound, VenetianMask } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

import { permissions } from "./permissions";

export const nav: NavItem[] = [
  {
    to: "/settings/organisation",
    label: msg`Organisation`,
    icon: Building2,
    key: "o",
    group: "organisation",
    visible: (me) => may(me, ...permissions.organisation),
  },
  {
    to: "/settings/members",
    label: msg`Members`,
    icon: UsersRound,
    key: "m",
    group: "organisation",
    visible: (me) => may(me, ...permissions.members),
    makes: [{ label: msg`Invite a colleague`, to: "/settings/members", visible: (me) => may(me, ...permissions.invite) }],
  },
  {
    to: "/settings/roles",
    label: msg`Roles`,
    icon: VenetianMask,
    key: "r",
    group: "organisation",
    visible: (me) => may(me, ...permissions.roles),
    makes: [{ label: msg`New role`, to: "/settings/roles", visible: (me) => may(me, ...permissions.roles) }],
  },
  {
    to: "/settings/api-keys",
    label: msg`API keys`,
    icon: KeyRound,
    key: "k",
    group: "organisation",
    visible: (me) => may(me, ...permissions.keys),
    makes: [{ label: msg`New API key`, to: "/settings/api-keys", visible: (me) => may(me, ...permissions.makeKeys) }],
  },
  {
    to: "/settings/profile",
    label: msg`Profile`,
    icon: UserRound,
    key: "p",
    group: "account",
    visible: () => true,
  },
  {
    to: "/settings/security",
    label: msg`Security`,
    icon: ShieldCheck,
    key: "s",
    group: "account",
    visible: () => true,
  },
  {
    to: "/settings/devices",
    label: msg`Devices`,
    icon: MonitorSmartphone,
    key: "d",
    group: "account",
    visible: () => true,
  },
];
