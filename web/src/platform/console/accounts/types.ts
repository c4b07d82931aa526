/** Added up over an account's tenants; not whole when there are more of them than were added. */
export interface AccountUsage {
  items: { name: string; used: number | null; allowed: number | null }[];
  tenant_count: number;
  is_whole: boolean;
}
