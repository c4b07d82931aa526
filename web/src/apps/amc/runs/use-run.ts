import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Run } from "../types";

export function useRun(id: string, enabled = true) {
  return useQuery({
    queryKey: ["/amc/runs", id],
    queryFn: ({ signal }) => get<Run>(`/amc/runs/${id}`, { signal }),
    enabled,
  });
}
