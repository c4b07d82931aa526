import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { post } from "@/kernel/client";

import type { PivotGrid, PivotShape } from "./result-types";

/** The grid of a pivot; nothing is asked while it names no measure. */
export function usePivot(runId: string, shape: PivotShape, enabled = true) {
  return useQuery({
    queryKey: ["/amc/runs", runId, "pivot", shape],
    queryFn: ({ signal }) => post<PivotGrid>(`/amc/runs/${runId}/pivot`, shape, { signal }),
    enabled: enabled && shape.measures.length > 0,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
}
