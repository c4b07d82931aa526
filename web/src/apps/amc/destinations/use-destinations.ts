import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Destination } from "./types";

const path = "/amc/destinations";

/** The destinations of the organisation, few enough to choose from at once. */
export function useDestinations() {
  return useQuery({
    queryKey: [path, "choice"],
    queryFn: ({ signal }) => get<{ items: Destination[] }>(path, { query: { limit: "100" }, signal }),
    select: ({ items }) => items,
  });
}

/** Of some destinations those that are still there. */
export function useStillThere(ids: readonly string[]): string[] {
  const { data } = useDestinations();
  return ids.filter((id) => data === undefined || data.some((each) => each.id === id));
}
