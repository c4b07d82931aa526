import { msg } from "@lingui/core/macro";
import { Mailbox } from "lucide-react";

import type { NavItem } from "@/kernel/modules";

export const nav: NavItem[] = [
  {
    to: "/mailbox",
    label: msg`Local mailbox`,
    icon: Mailbox,
    key: "b",
    group: "account",
    visible: (me) => me.twins.some((twin) => twin.name.includes("mail")),
  },
];
