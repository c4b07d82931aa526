import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Workflow } from "../types";

export const workflowPath = "/amc/workflows";

export function workflowQuery(id: string) {
  return {
    queryKey: [workflowPath, id],
    queryFn: ({ signal }: { signal: AbortSignal }) => get<Workflow>(`${workflowPath}/${id}`, { signal }),
  };
}

export function useWorkflow(id: string, enabled = true) {
  return useQuery({ ...workflowQuery(id), enabled });
}
