import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";

import type { Segment } from "../collections/types";
import { segmentsPath } from "../collections/use-collection";
import { isNumeric } from "../results/cells";
import type { Run } from "../types";

async function columnsOf(collectionId: string, signal: AbortSignal): Promise<string[]> {
  for (const state of ["settled", "provisional"]) {
    const found = await get<Page<Segment>>(segmentsPath(collectionId), { signal, query: { state, limit: 1 } });
    const runId = found.items[0]?.run_id;
    if (runId === undefined || runId === null) continue;
    const run = await get<Run>(`/amc/runs/${runId}`, { signal });
    return (run.columns ?? []).filter(({ type }) => isNumeric(type)).map(({ name }) => name);
  }
  return [];
}

/** The columns of numbers that a collection's results have, as its first finished run tells. */
export function useColumnsOf(collectionId: string): string[] | undefined {
  return useQuery({
    queryKey: ["/amc/collections", collectionId, "columns"],
    queryFn: ({ signal }) => columnsOf(collectionId, signal),
    staleTime: 300_000,
  }).data;
}
