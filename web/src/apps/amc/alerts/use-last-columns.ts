import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";

import type { ResultColumn, RunItem } from "../types";

/** The columns of a workflow's newest result; none until it has succeeded once. */
export function useLastColumns(workflowId: string, known?: readonly ResultColumn[]): readonly ResultColumn[] {
  const { data } = useQuery({
    queryKey: ["/amc/runs", "columns", workflowId],
    queryFn: ({ signal }) =>
      get<Page<RunItem>>("/amc/runs", { signal, query: { workflow_id: workflowId, state: "succeeded", limit: 10 } }),
    enabled: known === undefined && workflowId !== "",
  });
  return known ?? data?.items.find(({ columns, dry_run }) => columns !== null && !dry_run)?.columns ?? [];
}
