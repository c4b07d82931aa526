import { nav as amc } from "@/apps/amc/nav";
import { nav as campaigns } from "@/apps/campaigns/nav";
import type { Me } from "@/kernel/api-types";
import type { NavItem } from "@/kernel/modules";
import { nav as audit } from "@/platform/audit/nav";
import { nav as approvals } from "@/platform/approvals/nav";
import { nav as console } from "@/platform/console/nav";
import { nav as identity } from "@/platform/identity/nav";
import { nav as notifications } from "@/platform/notifications/nav";
import { nav as payments } from "@/platform/payments/nav";

const all: NavItem[] = [...campaigns, ...amc, ...approvals, ...payments, ...notifications, ...identity, ...audit, ...console];

export const groupOrder: readonly NavItem["group"][] = ["work", "amc", "mine", "organisation", "account", "operator"];

export function navFor(me: Me | undefined): NavItem[] {
  return me === undefined ? [] : all.filter((item) => item.visible(me));
}
