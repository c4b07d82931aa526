import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Access } from "./types";

export const accessQuery = {
  queryKey: ["/admin/access"],
  queryFn: ({ signal }: { signal: AbortSignal }) => get<Access>("/admin/access", { signal }),
  staleTime: 60_000,
} as const;

/**
 * Whether this operator holds a right somewhere; the server decides again each time.
 * One who may not read their own grants is shown every verb, and told by the refusal.
 */
export function useMay(isOperator = true): (permission: string) => boolean {
  const { data, isPending } = useQuery({ ...accessQuery, enabled: isOperator });
  return (permission) => (data === undefined ? !isPending : data.permissions.includes(permission));
}
