import { nav as amc } from "@/apps/amc/nav";
import { nav as campaigns } from "@/apps/campaigns/nav";
import type { Me } from "@/kernel/api-types";
import type { Making, NavItem } from "@/kernel/modules";
import { nav as audit } from "@/platform/audit/nav";
import { nav as approvals } from "@/platform/approvals/nav";
import { nav as console } from "@/platform/console/nav";
import { nav as identity } from "@/platform/identity/nav";
import { nav as notifications } from "@/platform/notifications/nav";
import { nav as payments } from "@/platform/payments/nav";

/** What an organisation can switch off as a whole, by the module's name. */
const optional: Record<string, NavItem[]> = { campaigns, amc };
const always: NavItem[] = [...approvals, ...payments, ...notifications, ...identity, ...audit, ...console];

export const groupOrder: readonly NavItem["group"][] = ["work", "amc", "mine", "organisation", "account", "operator"];

export function navFor(me: Me | undefined): NavItem[] {
  if (me === undefined) return [];
  const on = (name: string) => me.tenant === null || me.tenant.modules.includes(name);
  const switched = Object.entries(optional).flatMap(([name, items]) => (on(name) ? items : []));
  return [...switched, ...always].filter((item) => item.visible(me));
}

/** What this person may make, wherever they are. */
export function makingFor(me: Me | undefined): Making[] {
  if (me === undefined) return [];
  return navFor(me).flatMap(({ makes = [] }) => makes.filter((one) => one.visible(me)));
}
