import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { useSession } from "@/kernel/session";

import type { PublicCampaign } from "../types";

/** The published page; signed in it also holds the price, so the answer is kept apart by that. */
export function usePublicCampaign(orgSlug: string, slug: string) {
  const signedIn = useSession((state) => state.status === "in");
  return useQuery({
    queryKey: ["/public", orgSlug, slug, signedIn],
    queryFn: ({ signal }) => get<PublicCampaign>(`/public/${orgSlug}/campaigns/${slug}`, { signal }),
  });
}
