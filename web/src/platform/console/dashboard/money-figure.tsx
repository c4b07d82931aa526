import { t } from "@lingui/core/macro";

import { formatMoney } from "@/kernel/money";
import { Sheet } from "@/ui/page";

import type { AccountUsage } from "../accounts/types";

/** Money by currency: amounts of different ones have no sum. */
export function MoneyFigure({ label, money }: { label: string; money: AccountUsage["money_under_way"] | undefined }) {
  const amounts = money ?? [];
  return (
    <Sheet className="flex min-w-0 flex-col p-13 pb-8">
      <h3 className="text-12 text-muted">{label}</h3>
      {amounts.length === 0 && <p className="mt-3 text-20 text-muted">{money === undefined || money === null ? t`no data` : t`none`}</p>}
      {amounts.map(({ currency, amount_minor }) => (
        <p key={currency} className="mt-3 text-20 font-semibold tabular-nums [overflow-wrap:anywhere]">
          {formatMoney(amount_minor, currency)}
        </p>
      ))}
    </Sheet>
  );
}
