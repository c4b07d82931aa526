/** Added up over an account's tenants; not whole when there are more of them than were added. */
export interface AccountUsage {
  items: { name: string; used: number | null; allowed: number | null }[];
  /** Paid, and neither paid out nor back yet; null where nothing here moves money. */
  money_under_way: { currency: string; amount_minor: number }[] | null;
  tenant_count: number;
  is_whole: boolean;
}
