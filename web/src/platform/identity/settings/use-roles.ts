import { useQuery } from "@tanstack/react-query";

import type { Page, Role } from "@/kernel/api-types";
import { get } from "@/kernel/client";

export function useRoles() {
  return useQuery({
    queryKey: ["/roles", "all"],
    queryFn: ({ signal }) => get<Page<Role>>("/roles", { signal, query: { limit: 100 } }),
  });
}
