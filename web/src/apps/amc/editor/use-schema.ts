import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Schema } from "./check-types";

/** The tables and functions of AMC, or of one client: they change with a release, not with a visit. */
export function useSchema(clientId?: string) {
  const path = clientId === undefined ? "/amc/schema" : `/amc/schema?instance_id=${clientId}`;
  return useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<Schema>(path, { signal }),
    staleTime: Infinity,
  });
}
