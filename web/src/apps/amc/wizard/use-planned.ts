import { useQuery } from "@tanstack/react-query";

import { workflowQuery } from "../library/use-workflow";
import type { Parameter, Privacy } from "../types";
import type { Plan } from "./plan";

interface Planned {
  sql: string | undefined;
  parameters: readonly Parameter[];
  privacy: Privacy;
  pending: boolean;
  error: unknown;
  /** The saved workflow has moved on to this version since it was chosen. */
  newest: number | null;
}

/** The query of a plan: the newest saved version, or what is written and not saved. */
export function usePlanned({ workflow, own }: Plan): Planned {
  const { data, isPending, error } = useQuery({ ...workflowQuery(workflow?.id ?? ""), enabled: workflow !== null && own === null });
  if (own !== null) return { ...own, pending: false, error: null, newest: null };
  return {
    sql: data?.sql,
    parameters: data?.parameters ?? [],
    privacy: data?.privacy ?? "REMOVE_ROWS",
    pending: workflow !== null && isPending,
    error,
    newest: data?.number ?? null,
  };
}
