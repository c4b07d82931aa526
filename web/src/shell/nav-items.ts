import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

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
import { nav as webhooks } from "@/platform/webhooks/nav";

/** What an organisation can switch off as a whole, by the module's name. */
const optional: Record<string, NavItem[]> = { campaigns, amc, webhooks };
const always: NavItem[] = [...approvals, ...payments, ...notifications, ...identity, ...audit, ...console];

export const groupNames: Record<NavItem["group"], MessageDescriptor> = {
  work: msg`Work`,
  amc: { id: "AMC", message: "AMC" },
  mine: msg`Mine`,
  organisation: msg`Organisation`,
  account: msg`Account`,
  operator: msg`Operator`,
};

export const groupOrder: readonly NavItem["group"][] = ["work", "amc", "mine", "organisation", "account", "operator"];

export function navFor(me: Me | undefined): NavItem[] {
  if (me === undefined) return [];
  const on = (name: string) => me.tenant === null || me.tenant.modules.includes(name);
  const switched = Object.entries(optional).flatMap(([name, items]) => (on(name) ? items : []));
  return [...switched, ...always].filter((item) => item.visible(me));
}

/** What this person may make, wherever they are; `mayOperate` tells an operator's rights. */
export function makingFor(me: Me | undefined, mayOperate: (right: string) => boolean): Making[] {
  if (me === undefined) return [];
  const allowed = ({ visible, operatorRight: right }: Making) => visible(me) && (right === undefined || mayOperate(right));
  return navFor(me).flatMap(({ makes = [] }) => makes.filter(allowed));
}
