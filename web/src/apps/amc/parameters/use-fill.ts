import { useQuery } from "@tanstack/react-query";

import { post } from "@/kernel/client";

import type { Parameter, Values } from "../types";

interface Filled {
  values: Values;
  sources: Record<string, string>;
}

/** What the client's own mapping of brands gives for the parameters of a query. */
export function useFill(clientId: string, parameters: readonly Parameter[]): Filled | undefined {
  return useQuery({
    queryKey: ["/amc/instances", clientId, "fill", parameters],
    queryFn: ({ signal }) => post<Filled>(`/amc/instances/${clientId}/fill`, { parameters }, { signal }),
    enabled: parameters.length > 0,
    retry: false,
  }).data;
}
