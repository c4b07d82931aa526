import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Schema } from "./check-types";

/** The tables and functions of AMC: they change with a release, not with a visit. */
export function useSchema() {
  return useQuery({
    queryKey: ["/amc/schema"],
    queryFn: ({ signal }) => get<Schema>("/amc/schema", { signal }),
    staleTime: Infinity,
  });
}
