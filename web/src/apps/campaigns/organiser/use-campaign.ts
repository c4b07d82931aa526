import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Campaign } from "../types";

export function campaignQuery(id: string) {
  return {
    queryKey: ["/campaigns", id],
    queryFn: ({ signal }: { signal: AbortSignal }) => get<Campaign>(`/campaigns/${id}`, { signal }),
  };
}

export function useCampaign(id: string) {
  return useQuery(campaignQuery(id));
}
