import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Client } from "../types";

export const clientPath = "/amc/instances";

export function clientQuery(id: string) {
  return {
    queryKey: [clientPath, id],
    queryFn: ({ signal }: { signal: AbortSignal }) => get<Client>(`${clientPath}/${id}`, { signal }),
  };
}

export function useClient(id: string) {
  return useQuery(clientQuery(id));
}
