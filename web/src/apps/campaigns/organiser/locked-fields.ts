import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { CampaignValues } from "./form-schema";

/** A field that cannot be changed now, under the server's name, and why. */
export interface LockedField {
  field: string;
  reason: string;
}

export type Locked = Partial<Record<keyof CampaignValues, string>>;

const inForm: Record<string, keyof CampaignValues> = {
  sku: "product_sku",
  unit_price_minor: "unit_price",
  goal_amount_minor: "goal_amount",
  supplier_unit_price_minor: "supplier_unit_price",
  consolidation_point: "consolidation_point_id",
};

/** What the form calls a field of the server. */
export function fieldInForm(field: string): string {
  return inForm[field] ?? field;
}

export function useLockedFields(campaignId: string) {
  return useQuery({
    queryKey: ["/campaigns", campaignId, "locked-fields"],
    queryFn: ({ signal }) => get<{ items: LockedField[] }>(`/campaigns/${campaignId}/locked-fields`, { signal }),
  });
}

/** The server's locks by the names of the form. */
export function lockedInForm(items: readonly LockedField[]): Locked {
  return Object.fromEntries(items.map(({ field, reason }) => [fieldInForm(field), reason]));
}

/** The hint of a locked field; undefined when it can be changed. */
export function whyLocked(locked: Locked, name: keyof CampaignValues): string | undefined {
  const reason = locked[name];
  return reason === undefined ? undefined : t`Locked: ${reason}`;
}

/** What makes a text field one to read: it keeps the focus, so that its reason is read out. */
export function lockOf(locked: Locked, name: keyof CampaignValues): { readOnly?: true; hint?: string } {
  const hint = whyLocked(locked, name);
  return hint === undefined ? {} : { readOnly: true, hint };
}
