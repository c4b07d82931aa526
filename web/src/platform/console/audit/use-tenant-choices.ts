import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";

import { useAccount } from "../accounts/use-account";
import type { TenantRecord } from "../types";

const most = 200;
/** Whose log is the installation's own. */
export const platform = "00000000-0000-7000-8000-000000000001";

/** The first 200 tenants this operator looks after (of the chosen client account), for choosing one and for naming it. */
export function useTenantChoices(): TenantRecord[] {
  const account = useAccount();
  const { data } = useQuery({
    queryKey: ["/admin/tenants", "choices", account],
    queryFn: ({ signal }) => get<Page<TenantRecord>>("/admin/tenants", { signal, query: { limit: most, account_id: account } }),
  });
  return data?.items ?? [];
}
