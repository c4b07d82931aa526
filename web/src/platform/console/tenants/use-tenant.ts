import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { TenantRecord } from "../types";
import { useMoves } from "./moves";

const lookMs = 2000;
const patienceMs = 120_000;

/** A tenant's record; while it is moved (or a move is waited for) or made, it is looked at every two seconds. */
export function useTenant(tenantId: string) {
  return useQuery({
    queryKey: ["/admin/tenants", tenantId],
    queryFn: ({ signal }) => get<TenantRecord>(`/admin/tenants/${tenantId}`, { signal }),
    refetchInterval: ({ state }) => {
      const now = state.data;
      const asked = useMoves.getState().asked[tenantId];
      const waits = asked !== undefined && now?.placement !== asked.to && Date.now() - asked.at < patienceMs;
      return waits || now?.state === "moving" || now?.state === "provisioning" ? lookMs : false;
    },
  });
}
