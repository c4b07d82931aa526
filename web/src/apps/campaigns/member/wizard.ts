import { create } from "zustand";

import { newId } from "@/kernel/ids";

import { noAddress, type Address } from "./address";

export interface Progress {
  units: number | null;
  escrow: boolean;
  mayNotSucceed: boolean;
  /** Asked for where the supplier delivers to each member. */
  address: Address;
  /** The commitment's id and the key of its request: made once, so that a repeat is the same one. */
  id: string;
  key: string;
}

export const useWizard = create<{ byCampaign: Record<string, Progress> }>(() => ({ byCampaign: {} }));

const fresh = (): Progress => ({
  units: null,
  escrow: false,
  mayNotSucceed: false,
  address: noAddress,
  id: newId(),
  key: newId(),
});

export function changeProgress(campaign: string, change: Partial<Progress>): void {
  useWizard.setState(({ byCampaign }) => ({
    byCampaign: { ...byCampaign, [campaign]: { ...(byCampaign[campaign] ?? fresh()), ...change } },
  }));
}

/** A changed request needs another id and key; an unchanged one keeps both. */
export function changeUnits(campaign: string, units: number | null): void {
  changeProgress(campaign, { units, id: newId(), key: newId() });
}

/** The id stays: should the first request have arrived after all, no second commitment follows. */
export function changeAddress(campaign: string, address: Address): void {
  changeProgress(campaign, { address, key: newId() });
}

export function forgetProgress(campaign: string): void {
  useWizard.setState(({ byCampaign }) => ({
    byCampaign: Object.fromEntries(Object.entries(byCampaign).filter(([name]) => name !== campaign)),
  }));
}

export function useProgress(campaign: string): Progress | undefined {
  return useWizard((state) => state.byCampaign[campaign]);
}
