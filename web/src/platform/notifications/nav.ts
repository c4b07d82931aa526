import { msg } from "@lingui/core/macro";
import { BellRing, Mailbox, MessagesSquare } from "lucide-react";

import { may, type NavItem } from "@/kernel/modules";

export const nav: NavItem[] = [
  {
    to: "/communication",
    label: msg`Communication log`,
    icon: MessagesSquare,
    key: "t",
    group: "organisation",
    visible: (me) => may(me, "notifications:read"),
  },
  {
    to: "/settings/mails",
    label: msg`Mails`,
    icon: BellRing,
    key: "q",
    group: "account",
    visible: (me) => me.tenant !== null,
  },
  {
    to: "/local-mailbox",
    label: msg`Local mailbox`,
    icon: Mailbox,
    key: "b",
    group: "account",
    visible: (me) => me.twins.some((twin) => twin.name.includes("mail")),
  },
];
