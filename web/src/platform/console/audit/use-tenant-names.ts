import { keepPreviousData, useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";

import { useAccount } from "../accounts/use-account";
import type { TenantRecord } from "../types";

const shown = 20;
/** Whose log is the installation's own. */
export const platform = "00000000-0000-7000-8000-000000000001";

/** What the server finds of the tenants that this operator looks after (of the chosen client account), by words of their names. */
export function useTenantsNamed(words: string) {
  const account = useAccount();
  return useQuery({
    queryKey: ["/admin/tenants", "named", account, words],
    queryFn: ({ signal }) => get<Page<TenantRecord>>("/admin/tenants", { signal, query: { q: words, limit: shown, account_id: account } }),
    placeholderData: keepPreviousData,
  });
}

/** A tenant's name, the end of its id where nothing tells it, and null while it is looked up. */
export function useTenantName(id: string | undefined): string | null {
  const isTenants = id !== undefined && id !== platform;
  const { data, isError } = useQuery({
    queryKey: ["/admin/tenants", id],
    queryFn: ({ signal }) => get<TenantRecord>(`/admin/tenants/${String(id)}`, { signal }),
    enabled: isTenants,
    retry: false,
  });
  return data?.name ?? (isTenants && !isError ? null : `…${id?.slice(-8) ?? ""}`);
}
