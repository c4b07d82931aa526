import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";

import type { Page, Permission } from "@/kernel/api-types";
import { get } from "@/kernel/client";

/** Every permission that there is, with its plain sentence. */
export function usePermissions() {
  return useQuery({
    queryKey: ["/permissions"],
    queryFn: ({ signal }) => get<Page<Permission>>("/permissions", { signal }),
  });
}

/** What people call the part of the suite that a permission belongs to. */
export function moduleWord(module: string): string {
  const words: Record<string, string> = {
    amc: t`Amazon Marketing Cloud`,
    approvals: t`Approvals`,
    audit: t`Audit log`,
    campaigns: t`Campaigns`,
    files: t`Files`,
    gateway: t`Outside connections`,
    health: t`System health`,
    identity: t`People and sign-in`,
    ledger: t`Books`,
    notifications: t`Mail`,
    payments: t`Payments`,
    tenancy: t`Organisation and members`,
  };
  return words[module] ?? module.charAt(0).toUpperCase() + module.slice(1);
}

export interface PermissionGroup {
  module: string;
  items: Permission[];
}

/** The permissions in groups by their part of the suite, in the sequence of the groups' names. */
export function inGroups(permissions: readonly Permission[]): PermissionGroup[] {
  const modules = [...new Set(permissions.map(({ module }) => module))];
  return modules
    .map((module) => ({ module: moduleWord(module), items: permissions.filter((each) => each.module === module) }))
    .sort((one, other) => one.module.localeCompare(other.module));
}
